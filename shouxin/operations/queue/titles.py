"""What each job does, in words, and what a failure of it means."""

from collections.abc import Mapping
from types import MappingProxyType

from shouxin.core.text import Text

TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "access.clients.forget": Text("清除接口客户端的过期记录", "Forget old records of API clients"),
        "access.highrisk.settle": Text(
            "更换高风险客户的独立密钥", "Move high-risk customers under their own key"
        ),
        "access.reviews.lapse": Text("收回到期未复核的权限", "End rights that nobody confirmed in time"),
        "access.reviews.open": Text("开始本期权限复核", "Open the reviews of the period"),
        "access.sync.tidy": Text("清除已确认的同步记录", "Forget acknowledged changes of connected systems"),
        "access.webhooks.deliver": Text("推送一条消息", "Deliver a webhook message"),
        "access.webhooks.tidy": Text("清除过期的推送记录", "Forget old webhook messages"),
        "attachments.sweep": Text("清理未完成的附件上传", "Clear unfinished uploads of attachments"),
        "attachments.sweep_destroyed": Text("清除已销毁附件的文件", "Remove files of destroyed attachments"),
        "bulk.run": Text("批量办理选定的客户", "Carry out a bulk operation on customers"),
        "bots.tidy": Text("清除过期的防机器提交记录", "Forget old counts of the protection of public forms"),
        "builtin:procrastinate.builtin_tasks.remove_old_jobs": Text("清除旧的后台工作", "Remove old jobs"),
        "cleanup.list": Text("列出待清理的客户", "List customers to clean up"),
        "cleanup.monthly": Text("每月列出待清理的客户", "List customers to clean up each month"),
        "collection.sweep": Text("停止到期或到量的收集计划", "Stop collection plans that are over"),
        "customers.registry.go_on": Text("继续未完成的封装", "Go on with unfinished sealing"),
        "customers.registry.seal_up": Text(
            "字段改严后重新封装", "Seal values of fields that became stricter"
        ),
        "drafts.sweep": Text("清除过期的草稿", "Forget old drafts"),
        "duplicates.search": Text("查找重复客户", "Find duplicate customers"),
        "duplicates.weekly": Text("每周查找重复客户", "Find duplicate customers each week"),
        "gate.count_reads": Text("统计每日读取次数", "Count the reads of each day"),
        "intake.check": Text("检查导入文件", "Check a file to import"),
        "intake.run": Text("导入客户", "Import customers"),
        "intake.sweep": Text("清除被放弃的导入文件", "Remove abandoned files to import"),
        "journal.check": Text("检验全部日志", "Check the whole journal"),
        "leads.destroy": Text("销毁到期的线索", "Destroy leads whose time is over"),
        "messages.count": Text("试算消息的收件人", "Count whom a message would reach"),
        "messages.run": Text("发送已批准的消息", "Send an approved message"),
        "people.end_due": Text("停用到期离岗的登录名", "End log-ins whose last day is over"),
        "people.follow_directories": Text("同步人员目录", "Follow the directories of staff"),
        "people.guarding.tidy": Text("清除旧的访问防护记录", "Forget quiet sources of the guard"),
        "people.notices.digest": Text("发送每日提醒摘要", "Send the digest of notices"),
        "people.notices.look": Text("查找新的提醒", "Look for new notices"),
        "people.notices.remind": Text("提醒将到期的事项", "Remind of what falls due"),
        "people.notices.tidy": Text("清除旧的提醒", "Forget old notices"),
        "portal.count_unstated": Text("统计无处理目的的信息", "Count what is kept without a purpose"),
        "portal.count_wishes": Text("汇总客户的联系意愿", "Count what customers wish"),
        "portal.keep_lists": Text("留存公开清单的新版本", "Keep new versions of the public lists"),
        "portal.send_code": Text("向客户发送门户验证码", "Send customers a code for the portal"),
        "portal.tell_answers": Text("通知申请人已有答复", "Tell people that they were answered"),
        "portal.tell_changes": Text("通知客户资料更改", "Tell customers what was changed"),
        "portal.tidy": Text("清除过期的门户登录记录", "Forget old rows of the customers' door"),
        "quality.count": Text("统计数据质量", "Count data quality"),
        "quality.keep": Text("维护待核对清单", "Keep the lists to verify"),
        "quality.remove_supplied": Text("删除外部来源的数据", "Remove values supplied from outside"),
        "surveys.close": Text("结束到期的满意度调查", "Close surveys past their last day"),
        "feedback.escalate": Text(
            "上报逾期未答复的客户意见", "Tell those above of feedback that is over its day"
        ),
        "rights.approve": Text("批量批准行权答复", "Approve many answers to requests"),
        "rights.packages": Text("销毁过期的查阅材料", "Destroy packages that ran out"),
        "rights.settle": Text("核对等待删除的行权申请", "Settle requests that wait for destruction"),
        "segments.nightly": Text("每夜更新客户分群", "Refresh the segments each night"),
        "segments.refresh": Text("更新客户分群", "Refresh the segments"),
        "vault.go_on": Text("继续未完成的密钥工作", "Go on with unfinished work on keys"),
        "vault.rebuild_index": Text("重建密文检索索引", "Rebuild the search index"),
        "vault.reencrypt": Text("用新算法重新加密", "Re-encrypt under another algorithm"),
        "vault.rotate": Text("轮换密钥", "Rotate the keys"),
    }
)
# Kinds of errors somebody who runs a server can do something about.
REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "KeyServiceUnavailable": Text(
            "密钥服务没有应答。检查密钥提供者后重试。",
            "The key provider does not answer. Look after it, then retry.",
        ),
        "VaultNotReady": Text(
            "密钥尚未就绪。启动完成后重试。", "The keys are not ready. Retry after the start."
        ),
        "MemoryError": Text("内存不足。增加内存后重试。", "Out of memory. Give the server more, then retry."),
        "OSError": Text("磁盘读写失败。检查磁盘后重试。", "The disk failed. Look at the disk, then retry."),
        "PermissionError": Text(
            "文件夹权限不足。运行 shouxin doctor 后重试。",
            "A folder may not be read. Run shouxin doctor, then retry.",
        ),
        "OperationalError": Text(
            "数据库没有应答。恢复后会自动重试。", "The database did not answer; it is retried by itself."
        ),
        "NoLedgerYet": Text(
            "账本公钥不在。检查 keys 文件夹。", "The ledger's public key is missing from the folder keys."
        ),
    }
)
UNKNOWN = Text(
    "程序错误。可以重试一次；仍失败时，把下面的代码连同 logs/worker.log 交给技术支持。",
    "An error of the program. Retry once; if it fails again, give the code below and logs/worker.log to support.",
)
LOST = Text(
    "执行它的进程多次中断。查看系统体检，再重试。",
    "The process that ran it was cut off again and again. Look at the health page, then retry.",
)


def title_of(task: object, language: str) -> str:
    """What a job does; a job without a title is shown by its name."""
    found = TITLES.get(str(task))
    return found.in_(language) if found else str(task)
