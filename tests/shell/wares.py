"""The goods of the pictures: name, price, unit, icon, tint, stock, badge; and the groups they stand in."""

from __future__ import annotations

GOODS = (
    ("Flat white", 34000, "", "coffee", "drinks", "86", ""),
    ("Orange juice 1 L", 29500, "", "cup-soda", "drinks", "42", ""),
    ("Butter croissant", 18000, "", "croissant", "bakery", "19", ""),
    ("Sourdough loaf", 42000, "", "wheat", "bakery", "", "warn:3 left"),
    ("Whole milk 2 L", 21000, "", "milk", "dairy", "58", ""),
    ("Free-range eggs ×12", 37500, "", "egg", "dairy", "24", ""),
    ("Bananas", 14900, "kg", "banana", "produce", "61 kg", ""),
    ("Red apples", 21900, "kg", "apple", "produce", "", "info:−30%"),
    ("Carrots 1 kg", 9900, "", "carrot", "produce", "73", ""),
    ("Chicken club", 56000, "", "sandwich", "deli", "12", ""),
    ("Garden salad", 49000, "", "salad", "deli", "", "bad:Exp. today"),
    ("Margherita slice", 32000, "", "pizza", "deli", "9", ""),
    ("Oat cookies", 25000, "", "cookie", "snacks", "31", ""),
    ("Fruit candy", 12500, "", "candy", "snacks", "120", ""),
    ("Vanilla ice cream", 39500, "", "ice-cream-cone", "snacks", "", "off:Sold out"),
    ("Gift card", None, "", "gift", "gifts", "", ""),
    *((f"Tea no. {n}", 20000 + n * 100, "", "coffee", "drinks", str(n), "") for n in range(1, 25)),
)
CATEGORIES = ("Drinks", "Bakery", "Dairy", "Produce", "Deli", "Snacks")
