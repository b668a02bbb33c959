"""The words of the page that helps a tablet to trust the server."""

from gis_capture.text import Text

WORDS = {
    "title": Text("タブレットの準備", "Set up a tablet"),
    "lead": Text(
        "このタブレットが庁内のサーバーを信頼するように、一度だけ設定します。終わると下の印が ✓ に変わります。",
        "Make this tablet trust the server of the office, once. The mark below turns to ✓ when it is done.",
    ),
    "waiting": Text("まだ信頼されていません。下の手順を進めてください。", "Not trusted yet: follow the steps below."),
    "nameless": Text(
        "信頼されましたが、サーバーの名前が見つかりません。同じ Wi-Fi につながっているか確かめてください。"
        "だめなら情報担当に名前(DNS)の登録を頼んでください。",
        "Trusted, but the server's name is not found: check that the tablet is in the same Wi-Fi; "
        "else ask your IT section to register the name in DNS.",
    ),
    "trusted": Text("信頼されました。アプリを開けます。", "Trusted: you can open the app."),
    "open": Text("アプリを開く", "Open the app"),
    "compare": Text(
        "この番号が、庁内の画面の番号と同じか確かめてください。違うときは中止し、情報担当に知らせてください。",
        "Compare this number with the one on the office's screen. If they differ, stop and tell your IT section.",
    ),
    "fingerprint": Text("証明書の番号(SHA-256)", "Fingerprint of the certificate (SHA-256)"),
    "which": Text("どのタブレットですか", "Which tablet is it?"),
    "ipad": Text("iPad・iPhone", "iPad, iPhone"),
    "ipad_1": Text(
        "Safari でこのページを開き、下のボタンを押して「許可」を選びます。",
        'Open this page in Safari, press the button below and choose "Allow".',
    ),
    "ipad_2": Text(
        "「設定」を開き、上のほうの「プロファイルがダウンロードされました」→「インストール」と進みます。",
        'Open Settings, then "Profile Downloaded" near the top, then "Install".',
    ),
    "ipad_3": Text(
        "「設定」→「一般」→「情報」→「証明書信頼設定」で、GIS Capture をオンにします。ここを忘れると使えません。",
        "Settings → General → About → Certificate Trust Settings: turn on GIS Capture. It is needed.",
    ),
    "ipad_4": Text(
        "このページに戻って ✓ を確かめ、アプリを開いたら、共有ボタンから「ホーム画面に追加」します。",
        'Come back to this page, see the ✓, open the app, and from the share button choose "Add to Home Screen".',
    ),
    "ipad_button": Text("プロファイルをダウンロード", "Download the profile"),
    "android": Text("Android", "Android"),
    "android_1": Text(
        "下のボタンで証明書をダウンロードします(画面ロックの設定が必要です)。",
        "Download the certificate with the button below (the tablet needs a screen lock).",
    ),
    "android_2": Text(
        "「設定」→「セキュリティ」→「証明書のインストール」→「CA 証明書」を開き、gis-capture.crt を選びます。",
        'Settings → Security → "Install a certificate" → "CA certificate", and choose gis-capture.crt.',
    ),
    "android_3": Text(
        "Chrome でこのページに戻って ✓ を確かめ、アプリを開いたら、メニューから「ホーム画面に追加」します。",
        'Come back to this page in Chrome, see the ✓, open the app, and choose "Add to Home screen" in the menu.',
    ),
    "windows": Text("Windows", "Windows"),
    "windows_1": Text(
        "下のボタンで証明書をダウンロードして開き、「証明書のインストール」→「現在のユーザー」を選びます。",
        'Download the certificate with the button below, open it, choose "Install Certificate" and "Current User".',
    ),
    "windows_2": Text(
        "「証明書をすべて次のストアに配置する」→「信頼されたルート証明機関」を選んで完了します。",
        'Choose "Place all certificates in the following store" and "Trusted Root Certification Authorities".',
    ),
    "windows_3": Text(
        "ブラウザーを開き直してこのページに戻り、✓ を確かめてアプリを開きます。",
        "Open the browser anew, come back to this page, see the ✓ and open the app.",
    ),
    "crt_button": Text("証明書をダウンロード", "Download the certificate"),
    "other": Text("ほかのタブレットでは、このコードを読み取ります。", "On another tablet, scan this code."),
    "no_script": Text(
        "JavaScript が使えないため、✓ は出ません。手順が済んだらアプリを開いてみてください。",
        "Without JavaScript the mark does not change: open the app when you have done the steps.",
    ),
    "language": Text("English", "日本語"),
}
