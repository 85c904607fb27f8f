"""Money on the store's own NFC tags: kept by the store under guards, claimed by holding the tag to the reader."""
