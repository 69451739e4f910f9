@echo off
rem Starts Assay: builds what is missing or older than its sources, then runs the command line.
setlocal
set builder=%~dp0artifacts\bin\Assay.Build\release\run.dll
if exist "%builder%" (dotnet "%builder%" program) else (call "%~dp0run.cmd" program)
if errorlevel 1 exit /b %errorlevel%
rem As in assay: verbs that never start the engine are over before a loop that was optimised at once has paid for it.
for %%v in (gate report compare select) do if "%~1"=="%%v" (set DOTNET_TC_QuickJitForLoops=1& set DOTNET_TieredPGO=0)
dotnet "%~dp0artifacts\program\assay.dll" %*
