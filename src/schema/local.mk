# Migrations are installed as they are; the program reads them at run time.
