@echo off
rem Starts the app. Settings: ecodash.env beside this file, one NAME=value a line.
cd /d "%~dp0"
chcp 65001 >nul
set PYTHONUTF8=1
if not exist .venv\Scripts\python.exe (
  echo Please run install.bat first.
  pause
  exit /b 1
)
if exist ecodash.env for /f "usebackq eol=# tokens=1,* delims==" %%a in ("ecodash.env") do set "%%a=%%b"
if not defined HOST set HOST=127.0.0.1
if not defined PORT set PORT=8501
if not defined ECODASH_HOME set ECODASH_HOME=%~dp0..\ecodash-data
.venv\Scripts\python.exe -m streamlit run app.py --server.address %HOST% --server.port %PORT%
