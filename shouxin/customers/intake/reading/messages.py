"""Every sentence the reading of files may say, by stable code, and the one error family that carries them."""

from shouxin.core.text import Text
from shouxin.customers.intake.reading.model import Finding, Place


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_SAVE_AS = "请在 Excel 或 WPS 中打开，另存为"
_SAVE_AS_EN = "Open it in Excel or WPS and save it as "

FILE_TEXTS: dict[str, Text] = {
    "empty_file": _t(
        "文件是空的，没有任何数据。请检查是否选错了文件。",
        "The file is empty. Check that the right file was chosen.",
    ),
    "no_rows": _t(
        "文件中没有数据行。请确认表格已保存后再上传。",
        "The file holds no rows of data. Save the table, then upload it again.",
    ),
    "too_large": _t(
        "文件有 {size} MB，超过上限 {limit} MB。请拆成几个文件分别导入。",
        "The file has {size} MB; the limit is {limit} MB. Split it and import the parts one by one.",
    ),
    "workbook_too_large": _t(
        "工作簿有 {size} MB，超过上限 {limit} MB。请另存为 CSV（UTF-8）后上传。",
        "The workbook has {size} MB; the limit is {limit} MB. Save it as CSV (UTF-8) and upload that.",
    ),
    "other_kind": _t(
        "这不是表格文件，而是{found_zh}。可以导入 CSV、TSV、XLS、XLSX。",
        "This is not a table but {found_en}. CSV, TSV, XLS and XLSX can be imported.",
    ),
    "unsupported_workbook": _t(
        "暂不支持{found_zh}。" + _SAVE_AS + " XLSX 或 CSV（UTF-8）后上传。",
        "{found_en} cannot be read. " + _SAVE_AS_EN + "XLSX or CSV (UTF-8).",
    ),
    "encrypted_workbook": _t(
        "工作簿设有打开密码，无法读取。请在 Excel 或 WPS 中去掉密码，另存后上传。",
        "The workbook is protected by a password. Remove the password in Excel or WPS, save, and upload it again.",
    ),
    "damaged_file": _t(
        "文件不完整或已损坏，无法读取。请重新导出，或" + _SAVE_AS[1:] + " CSV（UTF-8）后上传。",
        "The file is incomplete or damaged. Export it again, or save it as CSV (UTF-8) in Excel or WPS.",
    ),
    "unpacks_too_large": _t(
        "工作簿解开后有 {size} MB，超过上限 {limit} MB，未予解开。请另存为 CSV（UTF-8）后上传。",
        "Unpacked, the workbook would have {size} MB; the limit is {limit} MB. It was not unpacked. "
        "Save it as CSV (UTF-8) and upload that.",
    ),
    "suspicious_packing": _t(
        "工作簿的压缩方式异常（解开后是原来的 {ratio} 倍），为安全起见未予解开。请另存为 CSV（UTF-8）后上传。",
        "The workbook is packed in an unusual way ({ratio} times its size when unpacked) and was not unpacked. "
        "Save it as CSV (UTF-8) and upload that.",
    ),
    "too_many_strings": _t(
        "工作簿中的文字有 {size} MB，超过上限 {limit} MB。请另存为 CSV（UTF-8）后上传。",
        "The workbook holds {size} MB of text; the limit is {limit} MB. Save it as CSV (UTF-8) and upload that.",
    ),
    "too_many_cells": _t(
        "工作簿有 {count} 个单元格以上，超过上限 {limit} 个。请另存为 CSV（UTF-8）后上传。",
        "The workbook has {count} cells or more; the limit is {limit}. Save it as CSV (UTF-8) and upload that.",
    ),
    "too_many_columns": _t(
        "表格有 {count} 列，超过上限 {limit} 列。请删去不需要的列后上传。",
        "The table has {count} columns; the limit is {limit}. Remove the columns that are not needed.",
    ),
    "too_many_sheets": _t(
        "工作簿有 {count} 张工作表，超过上限 {limit} 张。请只保留要导入的工作表。",
        "The workbook has {count} sheets; the limit is {limit}. Keep only those to be imported.",
    ),
    "unsafe_xml": _t(
        "工作簿中含有不允许的声明（DOCTYPE），为安全起见未予读取。请在 Excel 或 WPS 中另存后上传。",
        "The workbook holds a declaration that is not allowed (DOCTYPE) and was not read. "
        "Save it again in Excel or WPS.",
    ),
    "stored_file_altered": _t(
        "暂存的上传文件不完整或被改动过，已停止读取。请重新上传，并把这一情况告诉系统管理员。",
        "The stored upload is incomplete or was altered; reading stopped. "
        "Upload the file again, and tell the system administrator.",
    ),
    "no_such_sheet": _t(
        "文件中没有这张工作表。请重新选择工作表。",
        "The file has no such sheet. Choose the sheet again.",
    ),
    "unknown_encoding": _t(
        "不支持编码“{encoding}”。请在 UTF-8、GB18030、UTF-16 或 Windows-1252 中选择。",
        "The encoding “{encoding}” is not supported. Choose UTF-8, GB18030, UTF-16 or Windows-1252.",
    ),
    "too_many_broken_rows": _t(
        "有 {count} 行以上无法读出，可能选错了编码、分隔符或引号。请更正后重试。",
        "{count} rows or more cannot be read; the encoding, separator or quote may be wrong. Correct it and try again.",
    ),
}

FINDING_TEXTS: dict[str, Text] = {
    "encoding_guessed": _t(
        "文件编码不是 UTF-8 也不像中文编码，暂按 {encoding} 读取。请看样例中的文字是否正确，不对请改选编码。",
        "The file is neither UTF-8 nor a Chinese encoding; it is read as {encoding}. "
        "Check the sample, and choose another encoding if the text looks wrong.",
    ),
    "encoding_broken": _t(
        "文件大部分是 {encoding}，但有 {count} 行含有无法解码的字节，这些行将被拒绝并逐行列出。",
        "Most of the file is {encoding}, but {count} rows hold other bytes and are refused one by one.",
    ),
    "extension_differs": _t(
        "文件内容是 {kind}，与文件名后缀不符，已按内容读取。",
        "The content is {kind}, unlike the file's extension; it is read by its content.",
    ),
    "no_header": _t(
        "没有找到标题行，第一行就是数据。请指定标题行，或为各列逐一选择字段。",
        "No heading was found; the first row is data. Say which row is the heading, or choose a field for each column.",
    ),
    "empty_sheet": _t("工作表是空的。", "The sheet is empty."),
    "header_only": _t("只有标题行，没有数据行。", "There is a heading but no row of data."),
    "preamble": _t(
        "标题行之前的 {count} 行是说明文字，不导入。",
        "The {count} rows above the heading are explanations and are not imported.",
    ),
    "header_merged": _t(
        "标题占 {count} 行，已合并为一行。请核对各列的名称。",
        "The heading takes {count} rows, joined into one. Check the names of the columns.",
    ),
    "duplicate_headers": _t(
        "有同名的列：{columns}。请逐列确认对应的字段。",
        "Columns with the same name: {columns}. Confirm the field of each.",
    ),
    "unnamed_columns": _t(
        "有 {count} 列没有名称但有数据：第 {columns} 列。请逐列选择字段或不导入。",
        "{count} columns have data but no name: {columns}. Choose a field for each, or drop it.",
    ),
    "several_tables": _t(
        "这张工作表里不止一个表（另一个从第 {row} 行开始）。请把每个表放到单独的工作表或文件再导入。",
        "There is more than one table on this sheet (another begins in row {row}). "
        "Put each table on a sheet or in a file of its own.",
    ),
    "tables_side_by_side": _t(
        "这张工作表里左右并排有几个表（另一个从第 {column} 列开始）。请把每个表放到单独的工作表或文件再导入。",
        "Several tables stand side by side on this sheet (another begins in column {column}). "
        "Put each table on a sheet or in a file of its own.",
    ),
    "rows_refused": _t(
        "有 {count} 行读不完整（第一处在第 {row} 行），导入时将逐行列出原因。",
        "{count} rows cannot be read as they are (the first is row {row}); each is listed with its reason.",
    ),
    "formulas": _t(
        "有 {count} 个单元格是公式，取其已保存的结果，不重新计算。",
        "{count} cells are formulas; their stored results are taken, nothing is calculated.",
    ),
    "formulas_without_result": _t(
        "有 {count} 个公式没有保存结果。请在 Excel 或 WPS 中打开并保存一次，或粘贴为数值。",
        "{count} formulas have no stored result. Open and save the file in Excel or WPS once, or paste them as values.",
    ),
    "hidden_sheet": _t("这是隐藏的工作表。", "This sheet is hidden."),
    # rows
    "undecodable": _t(
        "第 {row} 行第 {column} 列有不属于 {encoding} 的字节，无法读出。请在原文件中改正这一格。",
        "Row {row}, column {column} holds bytes that are not {encoding}. Correct this cell in the original file.",
    ),
    "broken_quotes": _t(
        "第 {row} 行的引号不成对，无法确定各格的边界。请检查这一行的引号。",
        "The quotes in row {row} do not match, so its cells cannot be told apart. Check the quotes of this row.",
    ),
    "record_too_long": _t(
        "第 {row} 行过长（超过 {limit} 个字符），可能是引号没有闭合。请检查这一行。",
        "Row {row} is too long (more than {limit} characters); a quote may not be closed. Check this row.",
    ),
    "too_few_cells": _t(
        "第 {row} 行只有 {count} 格，标题有 {width} 列，无法确定缺的是哪一格。请补齐分隔符。",
        "Row {row} has {count} cells where the heading has {width}; which one is missing cannot be told. "
        "Add the missing separators.",
    ),
    "surplus_cells": _t(
        "第 {row} 行有 {count} 格，标题只有 {width} 列，可能多了一个分隔符。请改正这一行。",
        "Row {row} has {count} cells where the heading has {width}; perhaps a separator too many. Correct this row.",
    ),
    "repeated_header": _t(
        "第 {row} 行与标题行相同，不是数据。请删去这一行，或把第二个表另存为一个文件。",
        "Row {row} repeats the heading and is not data. Remove it, or put the second table into a file of its own.",
    ),
    # cells
    "formula_without_result": _t(
        "这一格是公式但没有保存结果。请在 Excel 或 WPS 中打开并保存一次，或粘贴为数值。",
        "This cell is a formula without a stored result. Save the file in Excel or WPS, or paste it as a value.",
    ),
    "error_value": _t(
        "这一格是 Excel 的错误值。请在原文件中改正公式或填入数值。",
        "This cell holds an Excel error. Correct the formula or type the value in the original file.",
    ),
    "precision_lost": _t(
        "这一格是超过 15 位的数字，Excel 已把后面的数位变成 0。请把这一列设为“文本”格式后重新填写。",
        "This cell is a number of more than 15 digits, whose last digits Excel has already turned into 0. "
        "Format the column as text and enter it again.",
    ),
    "control_mended": _t(
        "这一格含有转码留下的控制字符，已换成原本的字符。请核对内容。",
        "This cell held control characters left by a wrong conversion; they were turned back. Check its content.",
    ),
    "control_removed": _t(
        "这一格含有空字符（NUL），已去掉。请核对内容。",
        "This cell held NUL characters, which were left out. Check its content.",
    ),
}


class UnreadableFile(Exception):
    """A file, or the rest of it, cannot be read. `code` is stable; `text` says what and what to do."""

    def __init__(self, code: str, text: Text, where: Place) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.where = where


def unreadable(code: str, where: Place | None = None, **values: object) -> UnreadableFile:
    """The error of this code with its sentence filled."""
    return UnreadableFile(code, FILE_TEXTS[code].filled(**values), where or Place())


def finding(code: str, place: Place | None = None, *, blocks: bool = False, **values: object) -> Finding:
    """The finding of this code with its sentence filled."""
    return Finding(code, FINDING_TEXTS[code].filled(**values), place or Place(), blocks)
