"""What the vault records about its own work; who sealed and who read is recorded by the callers' own events."""

from typing import Any

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.vault import places

EVERY_GROUP = "all"  # stands for the name of a storage group where an own key is for all of a customer's
_EVERY_GROUP = Text("所有存储组", "all storage groups")


def mark_of(fingerprint: str) -> str:
    """A root key's fingerprint as the journal holds it: x between every four characters, so that no run of digits in it
    looks like somebody's number."""
    return "x".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _read_mark(value: Any, _language: str) -> str:
    return str(value).replace("x", "")


def _read_place(value: Any, language: str) -> str:
    found = next((one for one in places.under_root() if one.key == value), None)
    return found.name.in_(language) if found else str(value)


def _read_group(value: Any, language: str) -> str:
    return _EVERY_GROUP.in_(language) if value == EVERY_GROUP else str(value)


words.register("root_mark", _read_mark)
words.register("old_root_mark", _read_mark)
words.register("kept_in", _read_place)
words.register("group", _read_group)


def _register(name: str, zh: str, en: str) -> None:
    events.register(name, EventKind(name, Text(zh, en)))


_register(
    "vault.set_up",
    "建立密钥体系：算法套件 {suite}，密文检索索引按 {planned} 条登记规划（令牌 {bits} 位）",
    "Keys were set up: suite {suite}, search index planned for {planned} records (tokens of {bits} bits)",
)
_register(
    "index.rebuild_started",
    "开始重建密文检索索引：第 {version} 版，套件 {suite}，按 {planned} 条登记规划",
    "Began to build the search index anew: version {version}, suite {suite}, planned for {planned} records",
)
_register(
    "index.rebuild_continued",
    "重建检索索引第 {version} 版：{customers} 位客户的 {groups} 个存储组，未能打开 {left_out} 个",
    "Search index version {version}: indexed {groups} storage groups of {customers} customers, {left_out} did not open",
)
_register(
    "index.switched",
    "检索索引改用第 {version} 版，第 {old} 版停用；共 {groups} 个存储组，未能打开 {left_out} 个",
    "The search index changed from version {old} to {version}: {groups} storage groups, {left_out} did not open",
)
_register(
    "index.emptied",
    "检索索引第 {version} 版的令牌已全部删除，剩余 {remaining} 个，其密钥已销毁",
    "All tokens of search index version {version} were removed, {remaining} remain; its key was destroyed",
)
_register(
    "group.state_changed",
    "存储组 {group} 的状态由 {before} 变为 {after}",
    "Storage group {group} went from {before} to {after}",
)
_register(
    "group.destroyed",
    "存储组 {group} 的数据密钥已销毁，该组信息永久不可读；删除检索令牌 {tokens} 个、记录 {records} 条",
    "The data key of storage group {group} was destroyed and the group is unreadable for ever; "
    "{tokens} search tokens and {records} records were removed",
)
_register(
    "tampering.found",
    "发现存储组 {group} 的密文被篡改（{what}，记录 {record}），已拒绝读取",
    "Stored data of group {group} was tampered with ({what}, record {record}); reading was refused",
)
_register(
    "values.checked",
    "检验全部密文：{groups} 个存储组、{records} 条记录、{versions} 个历史版本，发现被改动 {found} 处",
    "All sealed values were checked: {groups} storage groups, {records} records, {versions} earlier versions; "
    "{found} alterations found",
)
_register(
    "secret.altered",
    "发现{kept_in}被篡改（{what}，编号 {item}），打不开",
    "Something kept sealed was tampered with ({kept_in}: {what}, no. {item}); it does not open",
)
_register(
    "secrets.checked",
    "检验由根密钥封装的全部密钥：{keys} 个密钥、其下 {parcels} 份密文，发现被改动 {found} 处",
    "All keys that root keys wrap were checked: {keys} keys, {parcels} sealed pieces under them; {found} "
    "alterations found",
)
_register(
    "rotation.started",
    "开始轮换纪元密钥：{old} → {new}",
    "Rotation of the epoch key started: {old} → {new}",
)
_register(
    "rotation.continued",
    "纪元密钥轮换：已重新封装 {keys} 个数据密钥（{old} → {new}）",
    "Rotation: {keys} data keys were wrapped again ({old} → {new})",
)
_register(
    "rotation.finished",
    "纪元密钥 {old} 已停用：其下剩余数据密钥 {remaining} 个",
    "Epoch key {old} was retired: {remaining} data keys remain under it",
)
_register(
    "algorithm.outdated",
    "算法套件 {suite} 标为过时，新数据改用套件 {successor}；待重新加密 {remaining} 项",
    "Suite {suite} was marked outdated, new values use suite {successor}; {remaining} await re-encryption",
)
_register(
    "reencryption.continued",
    "重新加密：{groups} 个存储组已改用套件 {suite}，剩余 {remaining} 项",
    "Re-encryption: {groups} storage groups now use suite {suite}, {remaining} remain in all",
)
_register(
    "reencryption.secrets",
    "重新加密：{kept_in}的 {count} 份已改用套件 {suite}",
    "Re-encryption: {count} sealed under suite {suite} now ({kept_in})",
)
_register(
    "own_key.made",
    "高风险：建立独立密钥 {epoch}（范围：{group}），已重新加密 {groups} 组",
    "High risk: own key {epoch} was made (for {group}); {groups} groups were sealed again",
)
_register(
    "own_key.settled",
    "高风险：{keys} 个数据密钥已改由独立密钥 {epoch} 封装（范围：{group}）",
    "High risk: {keys} data keys are now wrapped by own key {epoch} (for {group})",
)
_register(
    "own_key.given_up",
    "高风险标记结束：独立密钥 {epoch} 停用（范围：{group}），改回共用密钥",
    "High risk ended: own key {epoch} is being retired (it was for {group}), the shared key is used again",
)
_register(
    "algorithm.change_proposed",
    "申请将算法套件 {suite} 标为过时，改用 {successor}",
    "Proposed to mark suite {suite} outdated and use {successor}",
)
_register(
    "algorithm.change_refused",
    "未确认将算法套件 {suite} 标为过时",
    "The proposal to mark suite {suite} outdated was turned down",
)
_register(
    "reencryption.finished",
    "重新加密完成：套件 {suite} 下剩余 {remaining} 项（存储组、零散密钥、导入草稿、纪元密钥），全部改用 {successor}",
    "Re-encryption is done: {remaining} storage groups, small secrets, parcels and epoch keys remain under suite "
    "{suite}, all "
    "use {successor}",
)
_register(
    "root_key.rotation_started",
    "开始轮换根密钥：{old_root} 号（指纹 {old_root_mark}）→ {root} 号（指纹 {root_mark}）；从此只用新根密钥封装",
    "Rotation of the root key started: no. {old_root} ({old_root_mark}) → no. {root} ({root_mark}); "
    "from now on the new one alone wraps",
)
_register(
    "root_key.rotation_continued",
    "根密钥轮换：{kept_in}的 {keys} 个密钥已改由 {root} 号根密钥封装",
    "Rotation of the root key: {keys} keys ({kept_in}) are now wrapped by root key no. {root}",
)
_register(
    "root_key.rotation_finished",
    "{old_root} 号根密钥已停用：其下剩余 {remaining} 个密钥，全部 {opened} 个仅凭 {root} 号根密钥逐一打开",
    "Root key no. {old_root} was retired: {remaining} keys remain under it; all {opened} were opened one by one with "
    "root key no. {root} alone",
)
_register(
    "root_key.destruction_decided",
    "决定销毁 {root} 号根密钥（指纹 {root_mark}）：其下剩余 {remaining} 个密钥，全部 {opened} 个凭在用的根密钥打开；"
    "轮换之前的数据库备份从此不可读",
    "Destruction of root key no. {root} ({root_mark}) was decided: {remaining} keys remain under it, all "
    "{opened} open with the one in use; database backups from before the rotation become unreadable",
)
_register(
    "root_key.destroyed",
    "{root} 号根密钥的密钥文件已销毁",
    "The key file of root key no. {root} was destroyed",
)
