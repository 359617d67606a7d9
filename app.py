"""Starts the app: settings, services, pages."""

from coach import settings

settings.quieten_libraries()


def main() -> None:
    from coach.services import Services
    from coach.ui.app import serve

    serve(Services(settings.load()))


if __name__ == "__main__":
    main()
