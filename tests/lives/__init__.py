"""The actions of the program in any order, and what must hold whatever the order was."""
