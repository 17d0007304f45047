"""Values in, Altair chart out. Pure: pages, documents and the command line share these pictures."""
