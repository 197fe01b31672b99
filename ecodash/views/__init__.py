"""All Streamlit and Plotly: the shell, the filters, and what draws frames."""
