"""SCIM as a kind of connection."""

from shouxin.core.text import Text
from shouxin.people.connections.kinds import KindRoom, rooms
from shouxin.people.connections.models import Kind
from shouxin.people.scim import views
from shouxin.people.scim.forms import ScimForm, shown

rooms.register(
    Kind.SCIM,
    KindRoom(
        form=ScimForm,
        shown=shown,
        effect=Text(
            "单位的人员目录把入职、改名、离岗和组同步过来；角色只能提议，由部门负责人确认。",
            "The organisation's directory brings joiners, new names, leavers and groups; roles it can only propose.",
        ),
        comes_in=True,
        page="scim/groups.html",
        more=views.page_of,
    ),
)
