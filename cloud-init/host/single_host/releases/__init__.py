"""What changes the site: new images as one whole, records of what ran, and the way back."""
