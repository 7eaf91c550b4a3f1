"""A page with nothing on it: what the frame and Streamlit cost by themselves."""

from drillbook.ui.shell.page_guard import require_frame

require_frame()
