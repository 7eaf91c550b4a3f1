"""A workbook as an office keeps it: title above, two-line header, merged cells, total, notes."""

from __future__ import annotations

import io

from openpyxl import Workbook

TITLE = "2023年度应急演练台账"
GOOD_ROWS = 3
BAD_ROWS = 2


def sessions_workbook() -> bytes:
    """Return three sessions of two hosts, a day the calendar lacks, and a negative count."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "演练台账"
    sheet.append([TITLE])
    sheet.merge_cells("A1:G1")
    sheet.append(["序号", "演练名称", "主办单位", "演练时间", "参演情况", None, "演练地点"])
    sheet.append([None, None, None, None, "参演人数", "观摩人数", None])
    for column in "ABCDG":
        sheet.merge_cells(f"{column}2:{column}3")
    sheet.merge_cells("E2:F2")
    sheet.append([1, "防汛应急演练", "应急管理局、建设局", "5月12日", "30余人", None, "文化路"])
    sheet.append([2, "地震疏散演练", "第一小学", "2023.6.15", 900, 20, "操场"])
    sheet.append([3, "消防疏散演练", None, "2023年11月9日上午", "约200人", None, "操场"])
    sheet.merge_cells("C5:C6")
    sheet.append([4, "危化品泄漏演练", "应急管理局", "2023-02-30", 50, None, "=1+1"])
    sheet.append([5, "森林防火演练", "应急管理局", "4月9日", -5, None, "西山"])
    sheet.append(["合计", None, None, None, 1180, 20, None])
    sheet.append(["注：人数为人次。"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
