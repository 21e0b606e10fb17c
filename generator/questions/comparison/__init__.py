"""What others published beside what is found here."""
