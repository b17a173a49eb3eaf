import json
from unittest import mock

from support import HostTest

from single_host import bundle, engine
from single_host.fault import failed
from single_host.releases import images
from single_host.releases.images import Login
from single_host.site import local_images, pulling

DIGEST = "sha256:" + "a" * 64
SECRETS = bundle.parse_secrets(b'{"registry": {"ghcr.io": {"username": "team", "password": "lasting"}}}')


class NameTest(HostTest):
    def test_repositories_in_full(self) -> None:
        for name, full in {
            "nginx": "docker.io/library/nginx",
            "lab/shop:1": "docker.io/lab/shop",
            "ghcr.io/lab/shop:1.0": "ghcr.io/lab/shop",
            f"ghcr.io/lab/shop:1.0@{DIGEST}": "ghcr.io/lab/shop",
            "127.0.0.1:5000/lab/shop:2": "127.0.0.1:5000/lab/shop",
            "localhost/shop": "localhost/shop",
        }.items():
            images.check("release/app", name)
            self.assertEqual(images.repository(name), full)

    def test_what_is_no_image_is_refused(self) -> None:
        for name in (
            "",
            "Shop",
            "shop:",
            "shop@sha256:1",
            "shop name",
            "-v/:/x",
            "shop;id",
            "$(id)",
            "a" * 600,
            "shop:1\n",
            "../x",
        ):
            with self.subTest(name):
                self.assertIn("is not the name of an image", self.faults_of(images.check, "release/app", name)[0])


class PullTest(HostTest):
    def test_a_tag_is_asked_for_once_and_known_by_digest_from_then_on(self) -> None:
        pulled: list[str] = []
        with (
            mock.patch.object(local_images, "present", return_value=True),
            mock.patch.object(local_images, "pull", lambda image, login: pulled.append(image)),
            mock.patch.object(engine, "get", return_value={"RepoDigests": ["other@sha256:b", f"ghcr.io/lab/shop@{DIGEST}"]}),
        ):
            found = images.pull({"app": "ghcr.io/lab/shop:2", "worker": "ghcr.io/lab/shop:2"}, self.root)
        self.assertEqual(found, {"app": f"ghcr.io/lab/shop@{DIGEST}", "worker": f"ghcr.io/lab/shop@{DIGEST}"})
        self.assertEqual(pulled, ["ghcr.io/lab/shop:2"])

    def test_a_digest_that_is_here_needs_no_registry(self) -> None:
        with mock.patch.object(local_images, "present", return_value=True), mock.patch.object(local_images, "pull") as pull:
            self.assertEqual(images.pull({"app": f"shop:2@{DIGEST}"}, self.root), {"app": f"shop@{DIGEST}"})
        pull.assert_not_called()

    def test_a_password_of_one_release_is_gone_after_it(self) -> None:
        with images.logged_in(SECRETS, ["ghcr.io/lab/shop", "quay.io/lab/x"], Login("ci", "token")) as folder:
            auths = json.loads((folder / "config.json").read_text())["auths"]
            self.assertEqual(set(auths), {"ghcr.io", "quay.io"})
            self.assertNotEqual(auths["ghcr.io"], pulling.auths(SECRETS)["ghcr.io"])
            self.assertEqual((folder / "config.json").stat().st_mode & 0o777, 0o600)
        self.assertFalse(folder.exists())

    def test_who_asked_decides_what_a_refusal_means(self) -> None:
        error = failed("image ghcr.io/lab/shop:2", "cannot be pulled", lines=["Head https://ghcr.io/...: denied: denied"])
        nobody = str(images.why_not_pulled("ghcr.io/lab/shop:2", self.root, error))
        self.assertRegex(nobody, "ghcr.io shows it to nobody without a password; .*`--username NAME --password-stdin`")
        with images.logged_in(SECRETS, ["ghcr.io/lab/shop"], Login("ci", "token")) as folder:
            wrong = str(images.why_not_pulled("ghcr.io/lab/shop:2", folder, error))
        self.assertRegex(wrong, "ghcr.io refuses what ci gave as the password; check the password")
        away = failed("image shop:2", "cannot be pulled", lines=["connection refused"])
        self.assertEqual(images.why_not_pulled("shop:2", self.root, away), away.faults[0])


class RoomTest(HostTest):
    def test_a_full_disk_is_told_before_anything_is_pulled(self) -> None:
        with (
            mock.patch.object(images, "_free", return_value=1024**3),
            mock.patch.object(images, "_size", return_value=500 * 1024**2),
            mock.patch.object(images, "prune") as prune,
        ):
            (fault,) = self.faults_of(images.make_room, ["shop:2"], ["shop:1"], [])
        self.assertIn("disk: 1024 MiB are free, and a release wants 1524", fault)
        prune.assert_called_once()

    def test_only_images_of_released_repositories_that_nobody_needs_go(self) -> None:
        here = [
            {"Id": "kept", "RepoTags": [], "RepoDigests": [f"ghcr.io/lab/shop@{DIGEST}"]},
            {"Id": "runs", "RepoTags": ["ghcr.io/lab/shop:2"], "RepoDigests": []},
            {"Id": "old", "RepoTags": ["ghcr.io/lab/shop:1"], "RepoDigests": ["ghcr.io/lab/shop@sha256:c"]},
            {"Id": "shared", "RepoTags": ["ghcr.io/lab/shop:0", "mine:1"], "RepoDigests": []},
            {"Id": "other", "RepoTags": ["postgres:16"], "RepoDigests": []},
            {"Id": "nameless", "RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]},
        ]
        answers = {"/containers/json?all=1": [{"ImageID": "runs"}], "/images/json": here}
        with (
            mock.patch.object(engine, "get", answers.get),
            mock.patch.object(local_images, "identity", return_value="kept"),
            mock.patch.object(images, "run", return_value=mock.Mock(code=0)) as run,
        ):
            self.assertEqual(images.prune(["ghcr.io/lab/shop:3"], [f"ghcr.io/lab/shop@{DIGEST}"]), ["ghcr.io/lab/shop:1"])
        run.assert_called_once_with(["docker", "image", "rm", "--force", "old"], check=False)
