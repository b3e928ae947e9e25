"""The real server, through its REST door, with real workers in real sandboxes."""
