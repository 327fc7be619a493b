//! The words that announcements are made of, the frequent ones first.

/// Chinese words, between blanks.
pub(crate) const CHINESE: &str = "\
的 将 在 于 请 系统 服务 维护 用户 期间 升级 时间 版本 影响 数据 更新 进行 为 和 我们 已 本次 无法 可能 登录 功能 恢复 平台 客户 通知 \
网络 完成 预计 使用 提前 保存 处理 公告 账户 支持 联系 如有 异常 部分 所有 业务 安全 管理员 接口 支付 订单 之前 之后 计划 正常 访问 \
暂停 开始 结束 重新 下载 安装 设置 启用 关闭 调整 优化 修复 问题 错误 页面 报表 导出 导入 备份 存储 服务器 数据库 机房 线路 运营商 \
中断 延迟 缓慢 波动 故障 原因 排查 确认 解决 方案 措施 回滚 切换 迁移 扩容 缩容 发布 测试 环境 生产 区域 节点 集群 证书 续期 密码 \
修改 权限 角色 审批 流程 表单 附件 上传 大小 限制 限流 频率 调用 配额 费用 账单 发票 开具 税率 合同 协议 条款 隐私 政策 生效 变更 \
节假日 安排 值班 电话 邮件 短信 验证码 手机 客户端 浏览器 桌面 移动 缓存 清理 重启 进程 日志 监控 告警 指标 阈值 容量 性能 压力 \
仓库 物流 配送 库存 盘点 门店 收银 会员 积分 优惠 活动 名额 报名 培训 课程 考试 成绩 教室 图书馆 宿舍 食堂 停水 停电 施工 电梯 \
车位 门禁 访客 会议 预约 打印机 固件 驱动 补丁 漏洞 攻击 钓鱼 病毒 隔离 加密 签名 审计 合规 归档 检索 索引 目录 字段 编码 格式 \
时区 币种 汇率 结算 对账 退款 冻结 解冻 提现 充值 手续费 风控 额度 征信 保单 理赔 挂号 门诊 病房 药房 体检 疫苗 化验 影像 预案 演练 \
疏散 消防 台风 暴雨 高温 冰冻 封路 绕行 航班 值机 行李 站台 检票 改签 候车 船期 锚地 潮汐 灯塔 雷达 卫星 探针 光缆 熔接 冗余 仲裁 \
心跳 脑裂 快照 增量 校验 水位 游标 幂等 队列 堆积 消费 重试 熔断 降级 灰度 金丝雀 蓝绿 沙箱 镜像 编排 网关 负载 均衡 域名 解析 缺页";

/// What announcements in Chinese say over and over.
pub(crate) const CHINESE_PHRASES: &str = "\
如有疑问请联系客户支持 请提前保存正在编辑的内容 由此带来的不便敬请谅解 感谢您的理解与支持 维护期间服务将暂停访问 \
具体时间以实际完成为准 升级完成后请重新登录系统 请勿在维护期间提交订单 数据不会因本次升级丢失 请各部门负责人转告相关人员 \
请在截止日期之前完成确认 旧版本将于下月停止支持 请使用最新版本的客户端 详情请查看帮助中心的说明 如遇异常请及时反馈给值班人员 \
本公告长期有效直至另行通知 变更窗口已获审批小组批准 恢复时间将另行公布 请不要点击来历不明的链接 请妥善保管您的账户和密码";

/// English words, between blanks.
pub(crate) const ENGLISH: &str = "\
the to and will be of in for is your on this from we please service you until during maintenance are by not with update all version \
available after before customers systems may new at or as users data account support if it access restored must have been can time now \
network release expected planned incident started between short again during console reports payments orders some longer \
notice contact team change window password login region zone storage database server backups cluster node traffic slow requests \
errors timeout failed retry working fix fixed resolved investigating cause monitoring affected unaffected performance capacity \
upgrade install download desktop client browser mobile application settings permission role administrator approval workflow form \
attachment upload limit quota rate interface invoice billing contract terms privacy policy effective holiday schedule office hours \
telephone email message verification device cache clear restart process log alert metric threshold warehouse delivery stock branch \
checkout member points offer event seats register training course exam results classroom library dormitory canteen water power \
construction elevator parking badge visitor meeting booking printer firmware driver patch vulnerability attack phishing virus \
quarantine encryption signature audit compliance archive search index directory field encoding format timezone currency exchange \
settlement reconciliation refund freeze withdraw deposit fee credit insurance claim clinic ward pharmacy vaccine laboratory imaging \
drill evacuation fire typhoon rainstorm heat frost closure detour flight boarding luggage platform ticket rebooking waiting ferry \
anchorage tide lighthouse radar satellite probe fibre splice redundancy quorum heartbeat snapshot increment checksum watermark cursor \
idempotent queue backlog consumer breaker degraded canary sandbox image orchestration gateway balancer domain resolver jurisdiction \
kiosk ombudsman yield zeppelin xylophone quartz unicorn vestibule juniper obelisk knapsack";

/// What announcements in English say over and over.
pub(crate) const ENGLISH_PHRASES: &str = "\
save your work beforehand|no action is needed on your side|we apologise for the inconvenience|contact customer support with any questions|\
the service will be unavailable during this window|please update to the latest version|older versions will no longer be supported|\
further information will follow as soon as we know more|do not click on links in unexpected messages|your data is not affected";

/// Syllables that names of people, places and machines are made of.
pub(crate) const SYLLABLES: &str = "\
ka ri mo ten bel sa du nor vi lan ge tha os pir el zu qua fen mar yo che il wes dra po ham xi lor ne ui bro kel";
