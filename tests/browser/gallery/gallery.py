"""One of each of Streamlit's parts with texts of its own; all labels are Chinese."""

from __future__ import annotations

import time
from datetime import date

import pandas as pd
import streamlit as st

from drillbook.ui.components import theme

ROWS = pd.DataFrame({"名称": ["防汛", "消防"], "人数": [30, 46], "日期": [date(2023, 6, 15)] * 2})

st.set_page_config(page_title="样例", layout="wide")
theme.show_styles()
theme.show_language_mark("zh")


@st.dialog("确认")
def ask() -> None:
    st.write("确定吗？")


st.title("样例")
one, two, three = st.columns(3)
with one:
    st.date_input("日期", key="day", value=None, max_value=date(2030, 1, 1))
    st.date_input("起止日期", key="range", value=())
    st.time_input("时间", key="time", value=None)
    st.datetime_input("日期和时间", key="moment", value=None)
    st.number_input("人数", key="count", value=5, min_value=0, max_value=100)
    st.text_input("名称", key="name", help="说明文字")
    st.text_input("口令", key="secret", type="password")
    st.text_area("概要", key="summary", max_chars=200)
with two:
    st.selectbox("主办单位", ["应急管理局", "建设局"], key="host", index=None)
    st.selectbox("新单位", ["应急管理局"], key="new", index=None, accept_new_options=True)
    st.multiselect("单位", ["甲", "乙", "丙"], key="units", max_selections=2)
    st.multiselect("无选项", [], key="none")
    st.file_uploader("附件", key="one_file", type=["csv", "xlsx"])
    st.file_uploader("多个附件", key="files", accept_multiple_files=True)
    st.slider("范围", 0, 10, key="slider")
    st.feedback("stars", key="stars")
    st.pagination(20, key="page")
    with st.form("form"):
        st.text_input("表单内", key="inside")
        st.text_area("表单内概要", key="inside_area")
        st.form_submit_button("保存")
with three:
    st.dataframe(ROWS, key="table", alt="两场演练")
    st.data_editor(ROWS, key="editor", num_rows="dynamic")
    st.table(ROWS)
    st.download_button("下载", "x", key="download")
    st.bar_chart(ROWS, x="名称", y="人数", x_label="名称", y_label="人数", alt="两场演练")
    with st.expander("更多"):
        st.metric("场次", 117, help="说明文字")
    with st.popover("弹出"):
        st.write("内容")
    st.tabs(["一", "二"])
    st.code("代码")
    st.json({"键": 1})
    if st.button("对话框", key="dialog"):
        ask()
    if st.button("慢", key="slow"):
        with st.spinner("请稍候"):
            time.sleep(3)
    if st.button("提示", key="toast"):
        st.toast("已保存")
