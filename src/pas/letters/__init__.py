"""Letters on paper: made with typst from what is stored, whenever somebody asks for them."""
