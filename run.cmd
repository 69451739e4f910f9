@echo off
rem Starts build\Assay.Build, the program of every step: run help names them.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
cd /d "%~dp0"
where dotnet >nul 2>nul
if errorlevel 1 (
  echo run: the .NET 10 SDK is missing: see https://dotnet.microsoft.com/download/dotnet/10.0 1>&2
  exit /b 2
)
dotnet run -c Release --project build\Assay.Build -- %*
