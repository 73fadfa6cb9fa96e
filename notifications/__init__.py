"""Who is told what, when. The only package that knows Flask-Mail; it commits nothing."""
