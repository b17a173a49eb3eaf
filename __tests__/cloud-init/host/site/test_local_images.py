from unittest import mock

from support import HostTest

from single_host import engine
from single_host.fault import REFUSED, HostError, failed
from single_host.site import local_images, pulling


class ForeignTest(HostTest):
    def setUp(self) -> None:
        super().setUp()
        answers = {"/version": {"Arch": "arm64"}, "/images/a/json": {"Architecture": "amd64"}}
        get = mock.patch.object(engine, "get", lambda path: answers.get(path, {"Architecture": "arm64"}))
        self.enterContextOf(get)
        self.enterContextOf(mock.patch.object(local_images, "present", lambda image: image != "absent"))

    def test_an_image_for_another_processor_is_refused_before_anything_runs(self) -> None:
        images = {"services/app/image": "a", "services/db/image": "b", "services/next/image": "absent"}
        with self.assertRaises(HostError) as caught:
            local_images.refuse_foreign(images)
        self.assertEqual(caught.exception.code, REFUSED)
        self.assertEqual(
            str(caught.exception),
            "services/app/image: a is for amd64, and this server is arm64; "
            "build it for arm64 (docker buildx build --platform linux/arm64), or choose another server type",
        )

    def test_images_for_this_one_pass(self) -> None:
        local_images.refuse_foreign({"services/db/image": "b"})

    def test_a_registry_without_a_variant_for_this_one_is_not_asked_again(self) -> None:
        said = "no matching manifest for linux/arm64/v8 in the manifest list entries"
        pull = mock.Mock(side_effect=failed("docker pull", "exit code 1", lines=[said]))
        with (
            mock.patch.object(pulling, "pull", pull),
            mock.patch.object(local_images, "present", return_value=False),
            self.assertRaises(HostError) as caught,
        ):
            local_images.fetch(["a"])
        self.assertEqual((caught.exception.code, pull.call_count), (REFUSED, 1))
        self.assertIn("image a: a is for other processors, and this server is arm64", str(caught.exception))


class FetchTest(HostTest):
    def test_an_absent_image_is_told_and_is_not_tried_again(self) -> None:
        with mock.patch.object(local_images, "present", return_value=False), mock.patch.object(pulling, "pull") as pull:
            pull.side_effect = failed("docker pull", "exit code 1", lines=["manifest unknown"])
            self.assertEqual(list(local_images.fetch(["a:1", "a:1"])), ["a:1"])
        self.assertEqual(pull.call_count, 1)

    def test_what_is_here_is_not_pulled(self) -> None:
        with mock.patch.object(local_images, "present", return_value=True), mock.patch.object(pulling, "pull") as pull:
            self.assertEqual(local_images.fetch(["a:1"]), {})
        pull.assert_not_called()
