@echo off
rem Starts Assay: builds what is missing or older than its sources, then runs the command line.
setlocal
set builder=%~dp0artifacts\bin\Assay.Build\release\run.dll
if exist "%builder%" (dotnet "%builder%" program) else (call "%~dp0run.cmd" program)
if errorlevel 1 exit /b %errorlevel%
dotnet "%~dp0artifacts\program\assay.dll" %*
