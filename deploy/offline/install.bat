@echo off
rem Installs from this folder without the internet. Needs Python 3.11 for Windows (64 bit).
cd /d "%~dp0"
chcp 65001 >nul
set PYTHONUTF8=1
py -3.11 install.py
if errorlevel 1 pause
