"""Plugin life: found, ordered, guarded, switched on and off."""
