"""The ASGI shell around Streamlit: own routes, headers, lifespan."""
