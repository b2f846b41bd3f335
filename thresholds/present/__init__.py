"""What people see: guidance and lists, in words."""
