"""What people see of a leaked secret that was reported; the secret itself is in none of it."""
