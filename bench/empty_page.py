"""The floor of a month change: two selects and one metric, and nothing asked of any store."""

import streamlit as st

MONTHS = [f"{year}年{month}月" for year in (2026, 2025, 2024) for month in range(12, 0, -1)]

st.title("空页")
month = st.selectbox("月份", MONTHS)
st.selectbox("地区", ["甲县", "乙县"])
st.metric("月份", month)
