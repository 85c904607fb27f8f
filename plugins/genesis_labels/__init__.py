"""Labels for shelves and goods: name, price, price per kilogram or litre and bar code, on sheets and rolls."""
