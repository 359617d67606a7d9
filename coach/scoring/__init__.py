"""From readings to measures, skills and grades. Pure: domain types in, domain types out."""
