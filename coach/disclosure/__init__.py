"""What a customer may say, decided by code from how they were asked. Pure: no clock, no chance, no I/O."""
