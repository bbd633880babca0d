"""Where the secrets of connections are kept sealed: client secrets of single sign-on, passwords of directories."""

from shouxin.core.text import Text
from shouxin.kit import sealing
from shouxin.people.connections.models import Connection
from shouxin.people.connections.queries import SECRET

sealing.keep_in(
    "people_connection",
    "secret",
    key="people.connection",
    name=Text("人员连接的密钥与密码", "Secrets and passwords of connections"),
    use=SECRET,
    model=Connection,
)
sealing.keep_in(
    "people_connection",
    "draft_secret",
    key="people.connection.draft",
    name=Text("待确认连接的密钥与密码", "Secrets and passwords of connections not yet confirmed"),
    use=SECRET,
    model=Connection,
)
