"""Everything wrong or doubtful in annotations."""
