"""Fixed phrases of ecodash.views.upload_text."""

from ecodash.i18n import marked

# ── parts of the page ──────────────────────────────────────────────────────────────────────────────────────────────

PARTS_LABEL = marked("本页内容")

# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────

REPORT_MONTH = marked("数据月份")
REPORT_MONTH_HELP = marked("文件的表头、标题、文件名里都没有写月份时，请在这里选择。")
MONTH_FROM_FILE = marked("以文件所写为准")
WITHIN = marked("地区范围")
WITHIN_HELP = marked("文件里的村名、乡镇名在这个范围内查找；范围以外的数据会被拒绝。")
WHOLE_STORE = marked("全部地区")
FILE_LABEL = marked("选择要上报的文件：Excel、WPS 表格或 CSV，不超过 50 MB")
UPLOAD_HELP = marked(
    "可以是 xlsx、xls、xlsm、et、ods、csv、txt、tsv，也可以是它们的压缩包 zip。文件先检查、再核对，确认后才提交。"
)
NOT_SAID_IN_FILE = marked("文件里没有写月份或地区？在这里指明")
STEPS = (
    (marked("选文件"), marked("把填好的表格拖进上面的方框，或点按钮选择。手工做的表也可以，不必是模板。")),
    (marked("改问题"), marked("有问题的格子会逐条列出怎么改，还可以下载批注表对照着改；没有改好之前什么也不会写入。")),
    (
        marked("核对后提交"),
        marked("看清新增、更改了什么，合计和名次怎么变，再点“确认提交”。提交后可以打印回执，也可以撤销。"),
    ),
)
STEPS_REVIEWED = (
    STEPS[0],
    STEPS[1],
    (
        marked("核对后提交审核"),
        marked(
            "看清新增、更改了什么，再点“提交审核”。审核通过以后看板才改变；被退回的，在“我的报送”里看意见、改正重报。"
        ),
    ),
)
READING = marked("正在读取并检查文件…")
PUT_AWAY = marked("不用这个文件")

# ── 识别结果 ───────────────────────────────────────────────────────────────────────────────────────────────────────

RECOGNISED = marked("识别结果")
FACT_FILE = marked("文件")
FACT_SHEET = marked("工作表")
FACT_LAYOUT = marked("表格样式")
FACT_MONTHS = marked("月份")
FACT_PLACE = marked("地区")
FACT_ROWS = marked("数据行")
FACT_COLUMNS = marked("栏目")
FACT_READ = marked("数值")
NO_HEADER = marked("没有认出表头")
NO_MONTH = marked("没有认出月份")
BY_ROW = marked("以各行所写为准")
ALL_AS_WRITTEN = marked("都按所写读取；空白为未上报，0 为零")
SHEETS_TO_READ = marked("要读取的工作表")
SHEETS_HELP = marked("不选时：只有一张表就读它；几张表栏目相同就一起读。")
COLUMNS = marked("栏目对照")
HEADER = marked("表头")
TAKEN_FOR = marked("读作")
HOW_TAKEN = marked("依据")
UNIT_CHANGE = marked("单位")
CONFIDENCE = marked("把握")
LEFT_OUT_ROWS = marked("没有读取的行")
LEFT_OUT_WHY = marked("为什么")
ROW_CONTENT = marked("内容")
REMARKS = marked("换了写法读取的数")
WRITTEN = marked("写的")
READ_AS = marked("读作")
REMARK = marked("说明")
PLACE = marked("位置")
NOTES = marked("读取说明")
HIDDEN = marked("隐藏")

# ── what a column means ────────────────────────────────────────────────────────────────────────────────────────────

GUESSES = marked("请确认这几列")
GUESSES_EXPLAINED = marked("这些表头与指标名称相近，但不完全一样。点一下确认；系统会记住，下次不再问。")
UNKNOWN_COLUMNS = marked("这几列不认识，请指明是哪项指标")
UNKNOWN_COLUMNS_EXPLAINED = marked("选择后会重新检查。不需要的列请选“不读取这一列”。系统会记住，下次不再问。")
IGNORE_COLUMN = marked("不读取这一列")
OTHER_TARGET = marked("是别的指标")
ALL_GUESSES_RIGHT = marked("这几列都认对了")
CHANGE_COLUMN = marked("更改某一列的读法")
READ_COLUMN_AS = marked("改为")
AS_RECOGNISED = marked("按识别结果")

# ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FAULTS = marked("问题清单")
FAULT_KIND = marked("问题类别")
SHEET = marked("工作表")
CELL = marked("单元格")
COLUMN = marked("列")
CELL_VALUE = marked("填写的内容")
HINT = marked("怎么改")
WHOLE_FILE = marked("整个文件")
SHOW_KIND = marked("只看一类问题")
SEARCH_FAULTS = marked("查找")
SEARCH_FAULTS_EXAMPLE = marked("村名、栏目或内容")
ANNOTATED = marked("下载批注表")
ANNOTATED_HELP = marked("原表照样返回：有问题的格子标成红色，批注里写明怎么改。改好后保存，直接上传这个文件即可。")
NO_FAULT_FOUND = marked("没有符合条件的问题，请换一个查找内容或类别。")
ANSWER_FIRST = marked("**请先回答上面的问题。** 答完会接着检查；现在没有提交任何数据。")
CHOOSE_KIND = marked("每一类只列出前几处；点上面的类别，查看这一类的全部。")

# ── doubts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

DOUBTS = marked("请核对疑点")
DOUBTS_EXPLAINED = marked(
    "下面的数可能没错，但不常见。请逐类核对：有误的，改正文件后重新上传；无误的，打勾并写明原因。"
    "原因会和这批数据一起保存，并显示在数据旁边。"
)
DOUBT_CHECKED = marked("我已核对，数据无误")
DOUBT_REASON = marked("原因")
DOUBT_REASON_EXAMPLE = marked("例如：集中清理了积存的垃圾堆，已实地核实")
DOUBT = marked("疑点")

# ── the difference ─────────────────────────────────────────────────────────────────────────────────────────────────

PREVIEW = marked("提交前核对")
SHOW_CHANGES = marked("只看")
OLD = marked("原值")
NEW = marked("新值")
CHANGE_KIND = marked("变化")
TOTALS = marked("合计的变化")
BEFORE = marked("现在")
AFTER = marked("生效后")
DIFFERENCE = marked("增减")
RANKS = marked("名次的变化")
RANK_CHANGE = marked("名次")
RANK_WORDS = marked("升降")
RANK_VALUES = marked("数值")
RANK_WHY = marked("原因")
OWN_FIGURES = marked("本次上报")
DISPLACED = marked("受别处变化影响")
NO_RANK_MOVES = marked("生效后各地名次都不变。")
RANKS_TOO_MANY = marked("这次更改的数据很多，没有逐一推算名次；生效后请在“排名”页查看。")
RANKS_NEWEST_ONLY = marked("文件涉及的月份较多，这里只推算最近三个月的合计和名次。")
REHEARSING = marked("正在推算合计和名次…")
NOT_RANKED = marked("未排名")
ENTERS = marked("进入排名")
LEAVES = marked("不再排名")
ALL_RANK_CHANGES = marked("全部名次变化")
WHOLE_COUNTRY = marked("全部地区")
COMMITTING = marked("正在提交…")

# ── first start ────────────────────────────────────────────────────────────────────────────────────────────────────

WELCOME_TITLE = marked("欢迎使用农村人居环境整治看板")
WELCOME = marked("系统里还没有地区。请先选择从哪里开始，之后随时可以上报数据。")
START_WITH_SAMPLE = marked("看看示例县")
SAMPLE_EXPLAINED = marked(
    "装入**丰都县演示数据**（30 个乡镇、各村、24 个月）和几份已公开的真实数据，大约半分钟。演示数据都会标明“演示数据”。"
)
LOAD_SAMPLE = marked("装入示例县")
LOADING_SAMPLE = marked("正在装入示例县…")
START_WITH_REGIONS = marked("使用自己的县")
REGIONS_EXPLAINED = marked("选择一个或几个县（也可以选全市、全省），所辖乡镇和村会一起装入。")
SEARCH_REGION = marked("按名称或代码查找")
SEARCH_REGION_EXAMPLE = marked("例如：湘潭县 或 430321")
FOUND_REGIONS = marked("查找结果")
PROVINCE = marked("省（自治区、直辖市）")
CITY = marked("市（州）")
COUNTY = marked("县（市、区）")
REGIONS_CHOSEN = marked("已选地区")
NONE_CHOSEN_YET = marked("还没有选择")
ADD_REGIONS = marked("开始使用")
ADDING_REGIONS = marked("正在装入行政区划…")
