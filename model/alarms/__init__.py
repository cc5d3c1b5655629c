"""What is wrong with the center: what each alarm means and asks for, what stands, who has seen it. Pure."""
