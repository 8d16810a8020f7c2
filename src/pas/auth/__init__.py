"""Who somebody is, what they may do, what they changed, and the keys that all of it rests on."""
