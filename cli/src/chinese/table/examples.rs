//! Examples and remarks below the flags.

#[rustfmt::skip]
pub(super) const TABLE: super::Part = &[
    ("Start with:\n  notice init\n  notice publish -t 'Hello'\n  notice active\n\nOr serve the board to other programs:\n  notice serve\n\nLearn about maintenance, audiences, versions, times or exit-codes with:\n  notice help TOPIC",
     "开始使用：\n  notice init\n  notice publish -t '你好'\n  notice active\n\n或向其他程序提供公告板：\n  notice serve\n\n了解 maintenance（维护）、audiences（受众）、versions（版本）、\ntimes（时间）、exit-codes（退出码）：\n  notice help 主题"),
    ("Examples:\n  notice publish -t 'Maintenance tonight' --starts 'tomorrow 22:00' --ends +3d -s warning -k maintenance/june\n  notice publish -t en='New terms' -t zh-CN=新条款 --require-ack -a plan=pro\n  notice publish -f drafts.json --dry-run\n  notice publish --edit",
     "示例：\n  notice publish -t '今晚维护' --starts '明天 22:00' --ends +3d -s warning -k maintenance/june\n  notice publish -t en='New terms' -t zh-CN=新条款 --require-ack -a plan=pro\n  notice publish -f drafts.json --dry-run\n  notice publish --edit"),
    ("Examples:\n  notice update maintenance/june --ends +1h\n  notice update 7 -t 'Maintenance tomorrow' --change major\n  notice update 7 --patch '{\"pinned\": true, \"tags\": null}'",
     "示例：\n  notice update maintenance/june --ends +1h\n  notice update 7 -t '明天维护' --change major\n  notice update 7 --patch '{\"pinned\": true, \"tags\": null}'"),
    ("Examples:\n  notice call query '{\"viewer\": {\"user\": \"alice\"}, \"limit\": 20}'\n  notice call count '{\"filter\": {\"severity_at_least\": \"warning\"}}'\n  notice call publish - < draft.json\n  notice call stats\n\nThe answer has no name around it, and a failure is one object on the standard error, as with --json.",
     "示例：\n  notice call query '{\"viewer\": {\"user\": \"alice\"}, \"limit\": 20}'\n  notice call count '{\"filter\": {\"severity_at_least\": \"warning\"}}'\n  notice call publish - < draft.json\n  notice call stats\n\n结果外层没有名称；失败时在标准错误输出一个对象，与 --json 相同。"),
    ("Examples:\n  notice completions bash > ~/.local/share/bash-completion/completions/notice\n  notice completions fish > ~/.config/fish/completions/notice.fish\n  notice completions zsh > ~/.zfunc/_notice",
     "示例：\n  notice completions bash > ~/.local/share/bash-completion/completions/notice\n  notice completions fish > ~/.config/fish/completions/notice.fish\n  notice completions zsh > ~/.zfunc/_notice"),
    ("The command of --exec has the event as JSON on its standard input, and in the environment NOTICE_EVENT (published,\nupdated, ...), NOTICE_ID, NOTICE_REVISION, NOTICE_TITLE, NOTICE_SEVERITY and NOTICE_POSITION, which --since takes.\nA command that fails ends the watch with 4, so that the event can be handled again from its position.",
     "--exec 的命令从标准输入得到 JSON 形式的事件，并有环境变量 NOTICE_EVENT（published、\nupdated 等）、NOTICE_ID、NOTICE_REVISION、NOTICE_TITLE、NOTICE_SEVERITY 和可用于 --since 的\nNOTICE_POSITION。命令失败时以 4 结束，以便从该位置重新处理事件。"),
    ("✓ is in order, ! should be looked at, ✗ is broken. It exits with 0 only when everything is in order, with 1 when\nsomething should be looked at, and with 4 when something is broken.",
     "✓ 正常，! 应留意，✗ 故障。全部正常时以 0 结束，有应留意之处以 1 结束，有故障以 4 结束。"),
    ("A setting has the same name everywhere: --max-calls, NOTICE_MAX_CALLS in the environment, and in the file\n\n  max-calls = 512\n  tcp = [\"127.0.0.1:7700\"]\n\nFlags come first, then the environment, then the file. In the environment, commas separate the elements of\nlists. SIGTERM and SIGINT stop the daemon, a second one at once; SIGHUP has it read tokens and certificate again.",
     "设置在各处同名：--max-calls、环境变量 NOTICE_MAX_CALLS，以及文件中的\n\n  max-calls = 512\n  tcp = [\"127.0.0.1:7700\"]\n\n选项优先，其次环境变量，再次文件。环境变量中的列表用逗号分隔。SIGTERM 与 SIGINT 使守护进程\n停止，第二次则立即停止；SIGHUP 使其重新读取令牌与证书。"),
];
