"""How much more likely is this login under an attacker than under the owner? No I/O, no clock."""
