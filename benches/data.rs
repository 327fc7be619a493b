//! Announcements and viewers to measure with: made up, the same ones in every run.

use notice::{Draft, Operator, Severity, Text, Viewer};

/// A random number generator that gives the same numbers in every run (SplitMix64, Steele et al. 2014).
pub struct Numbers(u64);

impl Numbers {
    /// Numbers that begin with `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

const PHRASES: [&str; 24] = [
    "系统维护",
    "版本更新",
    "账单导出",
    "登录异常",
    "网络中断",
    "数据备份",
    "发票开具",
    "权限调整",
    "支付延迟",
    "服务恢复",
    "接口限流",
    "存储扩容",
    "证书续期",
    "安全通告",
    "客户支持",
    "节假日安排",
    "计划内停机",
    "请提前保存",
    "如有疑问",
    "联系管理员",
    "影响范围",
    "预计时间",
    "升级步骤",
    "回滚方案",
];
const COMMON: [char; 40] = [
    '的', '在', '将', '于', '和', '请', '时', '间', '内', '部', '分', '用', '户', '可', '能', '会',
    '无', '法', '使', '我', '们', '已', '经', '完', '成', '处', '理', '新', '功', '查', '看', '下',
    '载', '安', '装', '重', '启', '设', '置', '项',
];

/// Chinese text of about `bytes` bytes.
pub fn text(numbers: &mut Numbers, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        match numbers.below(4) {
            0 => text.push_str(PHRASES[numbers.below(PHRASES.len() as u64) as usize]),
            // A wide spread of characters, as names and places have.
            1 => text.extend(char::from_u32(0x4e00 + numbers.below(0x1000) as u32)),
            _ => text.push(COMMON[numbers.below(COMMON.len() as u64) as usize]),
        }
        if numbers.below(12) == 0 {
            text.push('，');
        }
    }
    text
}

/// Announcement number `i`: 1 KB of text, one of 50 audiences.
pub fn draft(i: u64) -> Draft {
    let mut numbers = Numbers::new(i);
    let severity = match numbers.below(100) {
        0 => Severity::Critical,
        1..=9 => Severity::Warning,
        10..=29 => Severity::Notice,
        _ => Severity::Info,
    };
    let title = text(&mut numbers, 45);
    let summary = text(&mut numbers, 150);
    let body = text(&mut numbers, 800);
    let mut draft = Draft::from_text(Text::new("zh-CN", title).summary(summary).body(body))
        .severity(severity)
        .priority(numbers.below(100) as i32)
        .pinned(numbers.below(1000) == 0)
        .channel(format!("channel-{}", numbers.below(10)))
        .category(format!("category-{}", numbers.below(20)))
        .tag(format!("tag-{}", numbers.below(100)));
    match numbers.below(50) {
        0..=9 => {}
        group => {
            draft = draft.audience("role", Operator::In, [format!("role-{}", group % 10)]);
            if group >= 30 {
                draft = draft.audience(
                    "app_version",
                    Operator::Version,
                    [format!(">={}.0", group % 7)],
                );
            }
        }
    }
    draft
}

/// A viewer with five attributes.
pub fn viewer() -> Viewer {
    Viewer::new("zhang.wei")
        .locales(["zh-CN"])
        .expect("a locale")
        .with("role", "role-3")
        .with("platform", "windows")
        .with("app", "ledger")
        .with("area", "cn-east")
        .with("app_version", "8.1.2")
}
