from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shouxin.console"
    label = "console"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The workbench is the first line of the menu; the journal is open to those who oversee."""
        from importlib import import_module

        from django.utils.translation import gettext_lazy as _

        from shouxin.console.journal import bench
        from shouxin.kit import menu

        import_module("shouxin.console.journal.events")
        import_module("shouxin.console.journal.menu")
        import_module("shouxin.console.explanations")
        bench.register()
        menu.register(
            menu.MenuEntry(
                "work",
                _("工作台"),
                "console:workbench",
                frozenset(),
                "space_dashboard",
                0,
                text=_("等您处理的事和可以办理的事。"),
            )
        )
        menu.register(
            menu.MenuEntry(
                "work",
                _("使用手册"),
                "console:help",
                frozenset(),
                "menu_book",
                95,
                text=_("您的角色一天怎样过，每件事怎样办；可以查找。"),
            )
        )
