"""How long what is kept, and the job that deletes it afterwards."""
