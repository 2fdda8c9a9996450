"""What this program is made of besides itself: its packages, and what is known against them."""
