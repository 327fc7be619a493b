#include "board.h"

#include <stdio.h>
#include <string.h>

#include "notice_e.h"

#define TICKER 1024

static int32_t number;

const char *board_open(const char *url, const char *user)
{
    number = e_announce_open(url);
    if (number < 0 || e_announce_set_viewer(number, "用户", user) < 0
        || e_announce_set_viewer(number, "语言", "zh-CN") < 0)
        return e_announce_last_error();
    return NULL;
}

void board_close(void)
{
    e_announce_close(number);
}

int32_t board(void)
{
    return number;
}

const char *board_fill(void)
{
    static const char *const DRAFTS =
        "[{\"key\":\"maintenance\",\"severity\":\"warning\",\"pinned\":true,\"display\":[\"list\",\"popup\",\"ticker\"],"
        "\"require_ack\":true,\"category\":\"维护\",\"texts\":{\"zh-CN\":{\"title\":\"今晚 22:00 停机维护\","
        "\"body\":\"服务器将于今晚 22:00 至 23:30 停机维护，期间无法登录。\\n\\n请提前保存数据并下线，给您带来的不便敬请谅解。\"}}},"
        "{\"key\":\"v3\",\"severity\":\"notice\",\"display\":[\"list\",\"ticker\"],\"category\":\"更新\",\"texts\":{\"zh-CN\":"
        "{\"title\":\"3.2 版发布：新增自动备份\",\"body\":\"本次更新：\\n1. 新增自动备份；\\n2. 修复个别机器上乱码的问题；\\n"
        "3. 启动速度提高。\"}}},"
        "{\"key\":\"holiday\",\"severity\":\"info\",\"category\":\"通知\",\"texts\":{\"zh-CN\":{\"title\":\"国庆假期客服安排\","
        "\"body\":\"10 月 1 日至 7 日，客服时间为每天 9:00 至 18:00。\"}}},"
        "{\"key\":\"event\",\"severity\":\"info\",\"display\":[\"list\",\"ticker\"],\"category\":\"活动\",\"texts\":{\"zh-CN\":"
        "{\"title\":\"签到七天送会员，活动进行中\",\"body\":\"连续签到七天，即可领取一个月会员。\"}}},"
        "{\"key\":\"security\",\"severity\":\"critical\",\"category\":\"安全\",\"texts\":{\"zh-CN\":{\"title\":"
        "\"谨防冒充客服的诈骗\",\"body\":\"客服不会索要您的密码和验证码。\"}}}]";
    return e_announce_publish_json(number, DRAFTS) < 0 ? e_announce_last_error() : NULL;
}

int32_t board_list(void)
{
    return e_announce_query(number, "limit=100");
}

int32_t board_pending(void)
{
    return e_announce_query(number, "pending limit=100");
}

const char *board_ticker(void)
{
    static char text[TICKER];
    const int32_t result = e_announce_query(number, "limit=20");
    const int32_t count = e_announce_count(result);
    int32_t row;
    text[0] = 0;
    for (row = 1; row <= count; row++) {
        const char *title;
        if (!(e_announce_number(result, row, E_ANNOUNCE_FIELD_DISPLAY) & NOTICE_DISPLAY_TICKER))
            continue;
        title = e_announce_text(result, row, E_ANNOUNCE_FIELD_TITLE);
        if (strlen(text) + strlen(title) + 16 > sizeof text)
            break;
        strcat(text, *text == 0 ? "公告：" : "　　★　　");
        strcat(text, title);
    }
    e_announce_free(result);
    return text;
}
