from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "shouxin.console"
    label = "console"
    verbose_name = "工作台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The workbench is the first line of the menu; the journal is open to those who oversee."""
        from django.utils.translation import gettext_lazy as _

        from shouxin.core.policy import Permission
        from shouxin.kit import menu

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
                "proof",
                _("日志"),
                "journal:entries",
                frozenset({Permission.JOURNAL_ENTRY_READ.value}),
                "receipt_long",
                10,
                text=_("谁在何时为何目的做了什么，不可更改。"),
            )
        )
