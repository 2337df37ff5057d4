#!/usr/bin/env bash
# Runs the command for Windows, in wine under a display of its own: reads, keeps, judges, draws, types into another program's field, and
# stands at a counter. Needs: sudo apt-get install gcc-mingw-w64-x86-64 wine64 wine xvfb xdotool qrencode socat tmux locales
set -euo pipefail
cd "$(dirname "$0")/../.."

target=x86_64-pc-windows-gnu
cargo build --locked --workspace --bin soat --target "$target"
folder=$(mktemp -d)
cp "${CARGO_TARGET_DIR:-target}/$target/debug/soat.exe" "$folder"
cd "$folder"

export WINEPREFIX="$folder/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" LC_ALL=C.UTF-8
unset LANG LC_MESSAGES WAYLAND_DISPLAY SOAT_TRUST
mkfifo display
Xvfb -displayfd 3 -screen 0 1024x768x24 3> display 2> xvfb.log &
xvfb=$!
finish() {
  tmux -L "soat-$$" kill-server 2> /dev/null || true
  wineserver -k || true
  kill "$xvfb" || true
  cd / && rm -rf "$folder"
}
trap finish EXIT
DISPLAY=":$(head -1 display)"
export DISPLAY
timeout 300 wineboot --init > wineboot.log 2>&1

# Rust asks bcryptprimitives.dll for random numbers, which wine has since version 8.13 only.
if ! timeout 60 wine soat.exe --version > version.txt; then
  printf '%s\n' '#include <windows.h>' '#include <ntsecapi.h>' \
    '__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) { return RtlGenRandom(bytes, (ULONG)length); }' > prng.c
  x86_64-w64-mingw32-gcc -shared -o bcryptprimitives.dll prng.c -ladvapi32
fi

# expect CODE TEXT ARGUMENT…: soat ends with this code and says this, on standard output or error.
expect() {
  local code=0
  timeout 120 wine soat.exe "${@:3}" > said.txt 2>&1 < "${input:-/dev/null}" || code=$?
  if [ "$code" != "$1" ] || ! grep -qF -- "$2" said.txt; then
    printf 'soat %s\nended with %s, not %s, or did not say “%s”:\n' "${*:3}" "$code" "$1" "$2" >&2
    cat said.txt >&2
    exit 1
  fi
  printf 'ok: soat %s\n' "${*:3}"
}

# until_seen WHAT COMMAND…: repeats the command until it succeeds, for 30 seconds.
until_seen() {
  local tries
  for tries in $(seq 300); do
    if "${@:2}" > /dev/null 2>&1; then return; fi
    sleep 0.1
  done
  printf 'never seen: %s\n' "$1" >&2
  exit 1
}

expect 0 'Usage: soat.exe [OPTIONS] <COMMAND>' --help
expect 0 'Họ và tên           Nguyễn Thị Mẫu' read --reader virtual --lang vi
expect 1 'HAI THẺ KHÁC NHAU' read --reader virtual --lang vi --qr '001199000001||Nguyễn Thị Khác|01011999|Nữ|Hà Nội|15092024'
expect 0 'Public key: desk.key.pub' key new desk.key
expect 0 'GENUINE' read --reader virtual --save card.soat --sign desk.key --photo face.jpg
expect 2 'exists already and is not overwritten' read --reader virtual --save card.soat
expect 3 'CANNOT BE DECIDED' verify card.soat
expect 0 'soat trust add' card vietnam-2024 --csca demo.der
expect 0 'Added:' trust add demo.der --demonstration --fingerprint "$(sha256sum demo.der | cut -c -64)"
expect 0 'DEMONSTRATION' trust list
[ -d wine/drive_c/users/*/AppData/Roaming/soat/trust/anchors ]
expect 0 'GENUINE' verify card.soat
expect 0 'page.pdf' report card.soat --html page.html --pdf page.pdf --csv day.csv --lang vi
grep -q 'Nguyễn Thị Mẫu' page.html && [ "$(head -c 5 page.pdf)" = '%PDF-' ]
expect 0 'bundle.json' export card.soat --fhir bundle.json
code='001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||'
qrencode -o code.png -s 6 -8 "$code"
printf '%s' "$code" > code.txt
expect 0 'Nguyễn Thị Mẫu' qr code.png
input=code.txt expect 0 'Nguyễn Thị Mẫu' qr -
expect 0 'GENUINE' read --reader virtual --qr @code.png
expect 2 'không có tệp hoặc thư mục này' qr nothing.png --lang vi
expect 2 'needs a terminal' desk --reader virtual

# Typed into a program that is not ours, and saved by it.
printf '\xff\xfe' > note.txt # UTF-16, in which the program saves it then
timeout 120 wine notepad note.txt > notepad.log 2>&1 &
until_seen 'the window of notepad' xdotool search --name 'note.txt - Notepad'
window=$(xdotool search --name 'note.txt - Notepad' | head -1)
xdotool windowfocus --sync "$window"
template='{number}{tab}{name}{tab}{birth:dd/mm/yyyy}{tab}{sex:Nam/Nữ}{enter}{residence}{enter}'
expect 0 'Typed by SendInput' read --reader virtual --type "$template" --type-after 1
xdotool windowfocus --sync "$window" key --clearmodifiers ctrl+s
is_saved() { [ "$(stat -c %s note.txt)" -gt 2 ]; }
until_seen 'the saved note' is_saved
typed=$(iconv -f UTF-16 -t UTF-8 note.txt | tr -d '\r')
wanted=$'001199000001\tNguyễn Thị Mẫu\t01/01/1999\tNữ\nSố 1, Phường Mẫu, Ba Đình, Hà Nội'
[ "$typed" = "$wanted" ] || { printf 'typed:\n%s\n' "$typed" >&2; exit 1; }
echo 'ok: typed by SendInput into the field of another program'

# Windows in Vietnamese: wine takes its language from the locale, which the program itself must not see.
localedef -i vi_VN -f UTF-8 ./vi_VN.UTF-8
wineserver -k && wineserver -w
printf 'set LC_ALL=\r\nsoat.exe --help\r\n' > vietnamese.bat
LOCPATH=$PWD LC_ALL=vi_VN.UTF-8 timeout 60 wine cmd /c vietnamese.bat < /dev/null > said.txt
grep -qF 'Cách dùng: soat.exe [TÙY_CHỌN] <LỆNH>' said.txt || { cat said.txt >&2; exit 1; }
wineserver -k && wineserver -w
echo 'ok: Vietnamese on a Vietnamese Windows'

# A scanner at COM5, which is a pseudo-terminal: it waits until the port is opened, and sends its code.
wine reg add 'HKLM\Software\Wine\Ports' /v COM5 /d "$folder/port" /f > reg.log
wineserver -k && wineserver -w
scanner=
scan() {
  [ -z "$scanner" ] || wait "$scanner" || true
  socat "PTY,link=$folder/port,raw,echo=0,wait-slave" "SYSTEM:sleep 1; cat $1; sleep 3" 2> /dev/null &
  scanner=$!
  until_seen 'the port' [ -e port ]
}
scan code.txt
expect 0 'Nguyễn Thị Mẫu' qr --serial COM5
scan code.txt
expect 0 'GENUINE' read --reader virtual --serial COM5
head -c 40 code.txt > half.txt
scan half.txt
expect 2 'Part of an ID card' qr --serial COM5
expect 2 'COM77' qr --serial COM77

# A counter. The console of wine draws what ANSI sequences say at other places, so that only words are looked for.
screen() { tmux -L "soat-$$" capture-pane -p; }
shows() { screen > said.txt && grep -qF -- "$1" said.txt; }
tmux -L "soat-$$" new-session -d -x 120 -y 45 "wine soat.exe desk --reader virtual --lang vi; echo ended with \$?; sleep 60"
until_seen 'the counter' shows 'virtual:vietnam-2024'
tmux -L "soat-$$" send-keys Enter
until_seen 'whose card it is' shows 'Lê Thị Mẹ'
tmux -L "soat-$$" send-keys q Enter
until_seen 'the end' shows 'ended with 0'
echo 'ok: soat desk'
