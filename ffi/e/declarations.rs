// Commands as declared in the E language, in the order of the file to paste. Each line of a command
// is `rust parameter: kind "name" "remark"`; the first is `rust function "name" result "remark"`.
//
// This file is included twice: by build.rs, which generates e-bindings/ from it, and by `declared`,
// where a command that differs from its function does not compile.
//
// | kind | E language | Rust |
// |---|---|---|
// | `Int` | 整数型 | `i32` |
// | `Text` | 文本型 | `*const c_char` |
// | `IntOut` | 整数型, 传址 | `*mut i32` |
// | `IntArray` | 整数型, 数组 | `*mut i32` |
// | `TextBuffer` | 文本型, 传址 | `*mut c_char` |
// | `Bytes` | 字节集 | `*const u8` |
// | `ByteBuffer` | 字节集, 传址 | `*mut u8` |
commands! {
    e_announce_open "公告_打开" Int "打开公告板，返回公告板编号（大于0），失败返回负的错误码。用完必须 公告_关闭" {
        url: Text "网址" "“mem:”是内存中的公告板，“file:文件路径”保存在文件里，“file:文件路径?share=auto”可由本程序的多个副本同时打开，“shm:名称”是别的程序用 公告_共享 共享的公告板",
    }
    e_announce_share "公告_共享" Int "把公告板共享给本机同一用户的其它程序，它们用“shm:名称”打开，看到的内容随时更新，但不能发布。关闭公告板即停止共享。成功返回0。本程序多开不需要它，见 公告_打开" {
        board: Int "公告板" "由 公告_打开 返回，只能是“mem:”或“file:”的",
        name: Text "名称" "自己起的名称，如 我的程序-公告；只能用字母、汉字、数字、-、_ 和 .，以字母、汉字或数字开头，不分大小写",
    }
    e_announce_close "公告_关闭" Int "关闭公告板，它的查询结果仍可读取。退出程序前必须调用。成功返回0；推迟写入的更改写不进文件时返回负的错误码，公告板仍然打开" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_discard "公告_强制关闭" Int "关闭公告板，推迟写入的更改写不进文件时放弃它们。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_flush "公告_写盘" Int "把已经发布而推迟写入的更改（durability=relaxed）立即写入文件。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_set_viewer "公告_置读者" Int "设置读者：谁在看、用什么语言、有哪些属性。之后的查询都按它筛选。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
        name: Text "名称" "“用户”或“user”是用户名；“语言”或“locale”如 zh-CN,en，系统给的 zh_CN.UTF-8、zh-CHS、2052 也认得；其它都是属性，如 app_version（v1.9.0、2.0rc1 等写法都认得）、platform、role",
        value: Text "值" "空文本表示取消；属性有多个值时每行一个",
    }
    e_announce_set_clock "公告_置时钟" Int "让这块公告板的时钟停在某个时刻，用来试看明天的弹窗。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
        time: Text "时刻" "如 2026-06-18 08:00:00，或 到文本 (取现行时间 ()) 的写法；空文本恢复系统时钟",
    }
    e_announce_query "公告_查询" Int "查询读者现在应看到的公告，返回结果编号（大于0），失败返回负的错误码。用完必须 公告_释放" {
        board: Int "公告板" "由 公告_打开 返回",
        conditions: Text "条件" "可为空文本；如 channel=news severity>=warning unread limit=20 维护",
    }
    e_announce_get "公告_取公告" Int "按编号取一条公告，返回只有一行的结果，用完必须 公告_释放；看不到时返回 #公告_错误_未找到" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        conditions: Text "条件" "通常为空文本；只能有 view= 和 now=",
    }
    e_announce_count "公告_取行数" Int "这一页有多少条公告，失败返回负的错误码" {
        result: Int "结果" "由 公告_查询 返回",
    }
    e_announce_total "公告_取总数" Int "符合条件的公告总数，不限这一页" {
        result: Int "结果" "由 公告_查询 返回",
    }
    e_announce_unread "公告_取未读数" Int "符合条件的公告中未读的条数，不限这一页" {
        result: Int "结果" "由 公告_查询 返回",
    }
    e_announce_id "公告_取编号" Text "公告的编号（十进制文本），失败返回空文本" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始",
    }
    e_announce_number "公告_取数值" Int "数值字段的值；时间为1970年以来的秒数，是否类为0或1。负值或放不下时返回错误码，请改用 公告_取长数值" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始；0是结果本身，此时字段用 #公告_结果_…",
        field: Int "字段" "#公告_字段_…",
    }
    e_announce_number_halves "公告_取长数值" Int "数值字段的准确值，64位，分成两半；时间为1970年以来的毫秒数。成功返回0" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始；0是结果本身，此时字段用 #公告_结果_…",
        field: Int "字段" "#公告_字段_…",
        low: IntOut "低位" "接收低32位",
        high: IntOut "高位" "接收高32位",
    }
    e_announce_text "公告_取文本" Text "字段的文本，换行为 #换行符；时间如 2026-06-18 08:00:00。失败返回空文本" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始；0是结果本身，此时字段用 #公告_结果_…",
        field: Int "字段" "#公告_字段_…",
    }
    e_announce_text_utf8 "公告_取文本UTF8" Int "字段的原样文本，UTF-8，一个字也不丢。返回全部需要的字节数（不含结尾的0）；大于等于容量时只写入了前面的整字" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始；0是结果本身，此时字段用 #公告_结果_…",
        field: Int "字段" "#公告_字段_…",
        buffer: ByteBuffer "缓冲区" "取空白字节集 (容量)；只想知道字节数时用空字节集",
        capacity: Int "容量" "缓冲区的字节数；0只返回字节数",
    }
    e_announce_ids "公告_取编号数组" Int "把这一页的编号写入整数数组，返回写入的个数；编号超过整数型时返回错误码，请改用 公告_取编号" {
        result: Int "结果" "由 公告_查询 返回",
        ids: IntArray "数组" "先用 重定义数组 准备好",
        capacity: Int "成员数" "数组的成员数，不得少于行数",
    }
    e_announce_row "公告_取整行" Text "一条公告的全部字段，用制表符分开，第n段就是编号为n的字段；字段里的换行和制表符变成空格" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始",
    }
    e_announce_table "公告_取表格" Int "全部行，每行同 公告_取整行，以换行符结束。返回全部需要的字节数（不含结尾的0）；大于等于容量时只写入了前面的整字" {
        result: Int "结果" "由 公告_查询 返回",
        buffer: TextBuffer "缓冲区" "取空白文本 (容量)；容量为0时可用空文本",
        capacity: Int "容量" "缓冲区的字节数；0只返回字节数",
    }
    e_announce_action "公告_取按钮" Text "公告的按钮，如下载地址；没有这个按钮时返回空文本" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始",
        index: Int "序号" "第几个按钮，从1开始；个数是 #公告_字段_按钮数",
        part: Int "部分" "#公告_按钮_…",
    }
    e_announce_extra "公告_取附加" Text "附加数据中一个成员的文本；没有这个成员时返回空文本" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始",
        name: Text "名称" "附加数据（JSON对象）最外层的成员名",
    }
    e_announce_free "公告_释放" Int "释放查询结果。成功返回0；已释放过的返回错误码，不会出错退出" {
        result: Int "结果" "由 公告_查询 返回",
    }
    e_announce_publish "公告_发布" Int "发布一条公告；频道里已有这个键时就是更新它。成功返回1，编号由 公告_取发布编号 取得" {
        board: Int "公告板" "由 公告_打开 返回",
        channel: Text "频道" "空文本是 default",
        key: Text "键" "自己起的固定名称，可用中文、网址，首尾不能有空格；空文本则每次都是新公告",
        title: Text "标题" "不能为空",
        body: Text "正文" "可为空文本",
        severity: Int "严重程度" "#公告_严重_…",
    }
    e_announce_publish_json "公告_发布JSON" Int "按JSON发布一条或一组公告，全部成功或全部不变。返回条数" {
        board: Int "公告板" "由 公告_打开 返回",
        json: Text "JSON" "一个对象，或由对象组成的数组",
    }
    e_announce_publish_utf8 "公告_发布UTF8" Int "同 公告_发布JSON，但JSON是UTF-8字节集，例如读入或下载的文件；开头的BOM会略过" {
        board: Int "公告板" "由 公告_打开 返回",
        json: Bytes "JSON" "UTF-8字节集",
        length: Int "长度" "取字节集长度 (JSON)",
    }
    e_announce_check_json "公告_检查JSON" Int "检查一条或一组公告而不发布：一次列出全部错误，以及可能会后悔的地方。返回问题个数，用 公告_取问题 逐个取得" {
        board: Int "公告板" "由 公告_打开 返回",
        json: Text "JSON" "一个对象，或由对象组成的数组",
    }
    e_announce_check_utf8 "公告_检查UTF8" Int "同 公告_检查JSON，但JSON是UTF-8字节集" {
        board: Int "公告板" "由 公告_打开 返回",
        json: Bytes "JSON" "UTF-8字节集",
        length: Int "长度" "取字节集长度 (JSON)",
    }
    e_announce_finding "公告_取问题" Text "上一次检查的一个问题，用制表符分开：第几条公告（从1开始）、状态（负数是 #公告_错误_…，发布会被拒绝；0是提醒）、名称、字段、字节位置（-1没有）、中文说明" {
        index: Int "序号" "从1开始",
    }
    e_announce_update_json "公告_更新JSON" Int "只改一条公告的部分字段（JSON合并补丁）。成功返回1" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        patch: Text "补丁" "JSON对象；值为 null 的字段恢复默认",
        if_version: Int "版本" "公告还是这个版本时才改；0不检查",
        change: Int "变更" "#公告_变更_…；0由库判断",
    }
    e_announce_apply_json "公告_批量JSON" Int "一次完成一组操作（publish update retract restore release purge），全部成功或全部不变。返回操作数" {
        board: Int "公告板" "由 公告_打开 返回",
        json: Text "JSON" "由操作组成的数组",
    }
    e_announce_apply_utf8 "公告_批量UTF8" Int "同 公告_批量JSON，但JSON是UTF-8字节集" {
        board: Int "公告板" "由 公告_打开 返回",
        json: Bytes "JSON" "UTF-8字节集",
        length: Int "长度" "取字节集长度 (JSON)",
    }
    e_announce_retract "公告_撤回" Int "撤回公告，所有读者立即看不到它。成功返回1" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        reason: Text "原因" "可为空文本",
    }
    e_announce_restore "公告_恢复" Int "重新发布已撤回的公告。成功返回1" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
    }
    e_announce_release "公告_发布草稿" Int "发布草稿，所有读者都会收到。成功返回1" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
    }
    e_announce_purge "公告_清除" Int "彻底清除公告和读者对它的全部记录。成功返回1" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
    }
    e_announce_published_id "公告_取发布编号" Text "本线程最近一次发布、更新、撤回、恢复、发布草稿或清除所涉及的编号" {
        index: Int "序号" "第几条，从1开始",
    }
    e_announce_published "公告_取发布结果" Text "本线程最近一次发布等操作的完整结果：编号、版本、修订号、做了什么（#公告_结局_…）、是否重复（0或1），用制表符分开" {
        index: Int "序号" "第几条，从1开始",
    }
    e_announce_json "公告_取JSON" Int "整条公告的JSON，UTF-8，含全部语言和受众，供编辑后再发布。返回值同 公告_取文本UTF8" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        buffer: ByteBuffer "缓冲区" "取空白字节集 (容量)；只想知道字节数时用空字节集",
        capacity: Int "容量" "缓冲区的字节数；0只返回字节数",
    }
    e_announce_history "公告_取历史JSON" Int "以前各版本的JSON数组，UTF-8，旧的在前，用来核对读者确认过的内容。返回值同 公告_取文本UTF8" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        buffer: ByteBuffer "缓冲区" "取空白字节集 (容量)；只想知道字节数时用空字节集",
        capacity: Int "容量" "缓冲区的字节数；0只返回字节数",
    }
    e_announce_mark "公告_标记" Int "记下读者对一条公告做了什么，按结果中的版本。须先 公告_置读者 设置用户。返回标记的条数" {
        result: Int "结果" "由 公告_查询 返回",
        row: Int "行" "从1开始；0是这一页的全部公告",
        mark: Int "标记" "#公告_标记_…",
    }
    e_announce_mark_ids "公告_标记编号" Int "同 公告_标记，但按编号；多个编号中已不存在的会跳过。返回标记的条数" {
        board: Int "公告板" "由 公告_打开 返回",
        ids: Text "编号" "一个或多个编号，用逗号、空格或换行分开；可写成 编号@版本，如 7@2",
        mark: Int "标记" "#公告_标记_…",
    }
    e_announce_snooze "公告_稍后提醒" Int "到时间之前不再弹出；公告再次成为新消息时提前结束。返回条数" {
        board: Int "公告板" "由 公告_打开 返回",
        ids: Text "编号" "同 公告_标记编号",
        until: Text "时间" "将来的时间，如 2026-06-18 08:00:00，最远十年",
    }
    e_announce_mark_all_read "公告_全部已读" Int "把符合条件的公告全部标为已读。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
        conditions: Text "条件" "空文本是全部；另可有 up_to=修订号",
    }
    e_announce_mark_all "公告_全部标记" Int "把读者此刻看到的、符合条件的公告全部标记：看过、已读或关闭。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
        conditions: Text "条件" "同 公告_全部已读",
        mark: Int "标记" "#公告_标记_看过、#公告_标记_已读 或 #公告_标记_关闭",
    }
    e_announce_forget_user "公告_清除用户" Int "清除为一个用户保存的全部记录。有记录返回1，没有返回0" {
        board: Int "公告板" "由 公告_打开 返回",
        user: Text "用户" "用户名，不能为空",
    }
    e_announce_count_active "公告_统计" Int "读者现在能看到多少条，不产生结果，不必释放" {
        board: Int "公告板" "由 公告_打开 返回",
        conditions: Text "条件" "同 公告_查询",
    }
    e_announce_count_unread "公告_统计未读" Int "读者现在有多少条未读，不产生结果，不必释放" {
        board: Int "公告板" "由 公告_打开 返回",
        conditions: Text "条件" "同 公告_查询",
    }
    e_announce_explain "公告_说明" Text "用中文说明读者为什么看得到或看不到这条公告，每条理由一行，时间为本地时间" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        conditions: Text "条件" "通常为空文本；只能有 view= 和 now=",
    }
    e_announce_explain_rules "公告_说明规则" Int "同 公告_说明，返回理由之和，可用 位与 检查 #公告_理由_…" {
        board: Int "公告板" "由 公告_打开 返回",
        id: Text "编号" "由 公告_取编号 返回",
        conditions: Text "条件" "通常为空文本；只能有 view= 和 now=",
    }
    e_announce_poll "公告_轮询" Int "从上次轮询（或打开）以来的变化次数，0是没有变化。很快，可放在时钟里" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_own_revision "公告_取标记修订号" Int "读者自己的标记（已读、关闭、确认等）每变一次就不同，也包括其他程序或设备所做的；与上次比较，不同就重新查询。须先 公告_置读者 设置用户" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_notify_window "公告_通知窗口" Int "公告板有变化时向窗口投递消息，例如标签的“反馈事件”。成功返回0" {
        board: Int "公告板" "由 公告_打开 返回",
        window: Int "窗口句柄" "如 标签1.取窗口句柄 ()；0停止通知",
        message: Int "消息" "标签的反馈事件用 #公告_反馈消息",
    }
    e_announce_next_change_seconds "公告_取下次变化" Int "再过多少秒公告会自己开始或结束，0是不会。用来设置时钟" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_stats "公告_取统计" Text "公告板的各项数字，JSON" {
        board: Int "公告板" "由 公告_打开 返回",
    }
    e_announce_quote "公告_引用" Text "把用户输入的文本变成条件里的一个值，防止其中的空格和符号被当成条件：“q=” ＋ 公告_引用 (编辑框1.内容)" {
        text: Text "文本" "任意文本",
    }
    e_announce_json_text "公告_JSON文本" Text "把任意文本变成带引号的JSON文本，用来拼JSON：“{” ＋ #引号 ＋ “title” ＋ #引号 ＋ “:” ＋ 公告_JSON文本 (标题) ＋ “}”" {
        text: Text "文本" "任意文本",
    }
    e_announce_time_text "公告_时间到文本" Text "把毫秒时间变成本地时间文本，如 2026-06-18 08:00:00；0是空文本" {
        low: Int "低位" "由 公告_取长数值 取得",
        high: Int "高位" "由 公告_取长数值 取得",
    }
    e_announce_version_matches "公告_版本符合" Int "版本在范围内返回1，不在返回0，写法有误返回错误码" {
        version: Text "版本" "如 7.10.5",
        range: Text "范围" "如 >=7.9 <8 或 <2.0",
    }
    e_announce_compare_versions "公告_比较版本" Int "相同返回0，前者较新返回1，后者较新返回2，写法有误返回错误码" {
        first: Text "前者" "如 1.9.0",
        second: Text "后者" "如 1.10.0",
    }
    e_announce_last_error "公告_取错误" Text "本线程最近一次调用的错误说明，中文；成功时为空文本" {
    }
    e_announce_last_error_english "公告_取英文错误" Text "同 公告_取错误，英文" {
    }
    e_announce_last_error_path "公告_取错误位置" Text "出错的参数或字段，如 conditions、texts.zh-CN.title" {
    }
    e_announce_last_error_offset "公告_取错误偏移" Int "出错处在该文本中的字节偏移，从0开始；没有时返回-1" {
    }
    e_announce_last_error_limit "公告_取错误上限" Int "超出的上限；没有时返回-1" {
    }
    e_announce_last_status "公告_取状态" Int "本线程最近一次调用的状态：0是成功，负数是 #公告_错误_…" {
    }
    e_announce_status_text "公告_取状态说明" Text "错误码的一般含义" {
        status: Int "状态" "0或负的错误码",
    }
    e_announce_version "公告_取版本" Text "库的版本，如 1.2.3" {
    }
    e_announce_abi_version "公告_取接口版本" Int "接口版本；不小于 #公告_接口版本 时这份声明可用" {
    }
}
