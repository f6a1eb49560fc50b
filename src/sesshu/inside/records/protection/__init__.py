"""Protection 支援措置: walling a resident in, whatever room knows where they are; and taking the wall down."""
