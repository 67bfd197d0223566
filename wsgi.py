"""The web process: `granian --interface wsgi wsgi:app`, and the home of the command line (`flask --app wsgi …`)."""

from app.wiring import create_app, put_hot_paths_in_front

app = create_app()
put_hot_paths_in_front(app)
